package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.http.ContractClient;
import io.kurir.http.ContractClient.Reply;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the operations of contacts, chats and groups refuse, before WhatsApp is asked. */
class PeopleRefusalsIT {
    @TempDir
    private static Path data;

    private static FakeHouse house;
    private static ContractClient admin;
    private static ContractClient user;

    @BeforeAll
    static void open() throws Exception {
        house = new FakeHouse(data);
        admin = house.admin;
        user = house.user("somebody");
        house.connect("groups");
        admin.post(FakeHouse.DEVICES, new JsonObject().put("deviceId", "offline"));
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    /** Input → status, code, field; {@code >} begins the body. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET /groups/abc/info                            | 400 | INVALID_PAYLOAD | groupId
            GET /groups/6281234567890@c.us/info             | 400 | INVALID_PAYLOAD | groupId
            POST /groups > {"subject":"","participants":["6281234500011"]}       | 400 | INVALID_PAYLOAD | subject
            POST /groups > {"subject":"  ","participants":["6281234500011"]}     | 400 | INVALID_PAYLOAD | subject
            POST /groups > {"subject":"A","participants":[]}                     | 400 | INVALID_PAYLOAD | participants
            POST /groups > {"subject":"A"}                                       | 400 | INVALID_PAYLOAD | participants
            POST /groups > {"subject":"A","participants":["6281234500011","x@y"]} | 400 | INVALID_PAYLOAD | participants[1]
            POST /groups > {"subject":"A","participants":["120363000000000009@g.us"]} | 400 | INVALID_PAYLOAD | participants[0]
            POST /groups/120363000000000009/participants > {"participants":["hello"]} | 400 | INVALID_PAYLOAD | participants[0]
            POST /groups/120363000000000009/admins > {}                          | 400 | INVALID_PAYLOAD | adminJid
            POST /groups/120363000000000009/admins > {"adminJid":"hello"}        | 400 | INVALID_PAYLOAD | adminJid
            DELETE /groups/120363000000000009/participants/hello                 | 400 | INVALID_PAYLOAD | jid
            DELETE /groups/120363000000000009/admins/120363000000000009@g.us     | 400 | INVALID_PAYLOAD | jid
            POST /send-group-message > {"groupId":"6281234567890@c.us","message":"a"} | 400 | INVALID_PAYLOAD | groupId
            POST /send-group-message > {"groupId":"120363000000000009"}          | 400 | INVALID_PAYLOAD | message
            POST /check-number > {"numbers":[]}                                  | 400 | INVALID_PAYLOAD | numbers
            POST /check-number > {"numbers":["081234500011"],"more":1}           | 400 | INVALID_PAYLOAD | more
            POST /send-group-message > {"items":[]}                              | 400 | INVALID_PAYLOAD | items
            POST /send-group-message > {"items":[{"groupId":"x","message":"a"}]} | 400 | INVALID_PAYLOAD | items[0].groupId
            POST /groups/120363000000000009/mention-message > {"message":"a","mentions":[]} | 400 | INVALID_PAYLOAD | mentions
            GET /chat-history/hello                                              | 400 | INVALID_PAYLOAD | jid
            GET /chat-history/120363000000000009@g.us                            | 400 | INVALID_PAYLOAD | jid
            GET /chat-history/081234500011?limit=101                             | 400 | INVALID_PAYLOAD | limit
            GET /chat-history/081234500011?source=memory                         | 400 | INVALID_PAYLOAD | source
            GET /chat-history/081234500011?waitSeconds=31                        | 400 | INVALID_PAYLOAD | waitSeconds
            GET /chat-history/081234500011?source=store&before=3EB0NOTHERE       | 400 | INVALID_PAYLOAD | before
            GET /chat-history/081234500011?before=%27%3B--                       | 400 | INVALID_PAYLOAD | before
            GET /daily-chat-list                                                 | 400 | INVALID_PAYLOAD | date
            GET /daily-chat-list?date=2026-02-30                                 | 400 | INVALID_PAYLOAD | date
            GET /daily-chat-list?date=15-01-2026                                 | 400 | INVALID_PAYLOAD | date
            GET /daily-chat-list?date=2026-01-15&limit=1001                      | 400 | INVALID_PAYLOAD | limit
            GET /daily-chat-list?date=2026-01-15&offset=-1                       | 400 | INVALID_PAYLOAD | offset
            """)
    void badInputIsRefusedByName(String request, int status, String code, String field) {
        Reply reply = call(admin, "groups", request);
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.code()).isEqualTo(code);
        assertThat(reply.fields()).contains(field);
        assertThat(house.whatsapp.asked).as("WhatsApp is not asked").isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET /contacts                                                        | 403
            GET /chats                                                           | 403
            POST /check-number > {"numbers":["081234500011"]}                    | 403
            GET /chat-history/081234500011                                       | 403
            GET /group-chat-history/120363000000000009                           | 403
            GET /daily-chat-list?date=2026-01-15                                 | 403
            GET /groups                                                          | 403
            POST /groups > {"subject":"A","participants":["6281234500011"]}      | 403
            GET /groups/120363000000000009/info                                  | 403
            POST /groups/120363000000000009/participants > {"participants":["6281234500011"]} | 403
            DELETE /groups/120363000000000009/participants/6281234500011         | 403
            POST /groups/120363000000000009/admins > {"adminJid":"6281234500011"} | 403
            DELETE /groups/120363000000000009/admins/6281234500011               | 403
            GET /groups/120363000000000009/invite-link                           | 403
            POST /groups/120363000000000009/leave                                | 403
            POST /send-group-message > {"groupId":"120363000000000009","message":"a"} | 403
            POST /send-group-message > {"items":[{"groupId":"120363000000000009","message":"a"}]} | 403
            POST /groups/120363000000000009/mention-message > {"message":"{m1}","mentions":["6281234500011"]} | 403
            POST /groups/120363000000000009/send-media > {"mediaType":"image","url":"https://example.com/a.png"} | 403
            """)
    void somebodyElsesDeviceAndAStrangerAreRefused(String request, int status) {
        assertThat(call(user, "groups", request).status()).isEqualTo(status);
        assertThat(call(house.stranger, "groups", request).status()).isEqualTo(401);
        Reply unknown = call(admin, "nowhere", request);
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.code()).isEqualTo("SESSION_NOT_FOUND");
        assertThat(house.whatsapp.asked).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET /chats
            POST /check-number > {"numbers":["081234500011"]}
            GET /chat-history/081234500011?source=server
            GET /groups
            POST /groups > {"subject":"A","participants":["6281234500011"]}
            GET /groups/120363000000000009/info
            POST /groups/120363000000000009/leave
            POST /send-group-message > {"groupId":"120363000000000009","message":"a"}
            """)
    void aDeviceThatIsNotConnectedCannotBeAsked(String request) {
        assertThat(call(admin, "offline", request).code()).isEqualTo("SESSION_NOT_READY");
    }

    private static Reply call(ContractClient client, String device, String request) {
        String[] parts = request.split(" > ", 2);
        String[] line = parts[0].strip().split(" ", 2);
        ContractClient with = parts.length == 2 ? client.with("Content-Type", "application/json") : client;
        return with.send(
                line[0],
                FakeHouse.DEVICES + "/" + device + line[1],
                parts.length == 2 ? Optional.of(parts[1]) : Optional.empty());
    }
}
