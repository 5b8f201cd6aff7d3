package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.http.ContractClient;
import io.kurir.http.ContractClient.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What jobs and the suppression list refuse: nothing is stored then. */
class JobRefusalsIT {
    private static final String JOBS = "/api/whatsapp-multi-device/jobs";

    @TempDir
    private static Path data;

    private static FakeHouse house;
    private static ContractClient admin;

    @BeforeAll
    static void open() throws Exception {
        house = new FakeHouse(data);
        admin = house.admin;
        house.connect("main");
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    private static Reply post(String path, String body) {
        return admin.with("Content-Type", "application/json").send("POST", path, Optional.of(body));
    }

    /** Operation, body, status, code, field. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            send-text  | {"template":"a","items":[]}                                             | 400 | INVALID_PAYLOAD | items
            send-text  | {"template":"a"}                                                        | 400 | INVALID_PAYLOAD | items
            send-text  | {"template":"a","items":{"to":"6281234500011"}}                         | 400 | INVALID_PAYLOAD | items
            send-text  | {"template":"a","items":["6281234500011"]}                              | 400 | INVALID_PAYLOAD | items[0]
            send-text  | {"template":"a","items":[{}]}                                           | 400 | INVALID_PAYLOAD | items[0].to
            send-text  | {"template":"a","items":[{"to":7}]}                                     | 400 | INVALID_PAYLOAD | items[0].to
            send-text  | {"template":"a","items":[{"to":"6281234500011"},{"to":"hello"}]}        | 400 | INVALID_PAYLOAD | items[1].to
            send-text  | {"template":"a","messages":[{"to":"hello"}]}                            | 400 | INVALID_PAYLOAD | messages[0].to
            send-text  | {"items":[{"to":"6281234500011"}]}                                      | 400 | INVALID_PAYLOAD | items[0].message
            send-text  | {"items":[{"to":"6281234500011","message":" "}]}                        | 400 | INVALID_PAYLOAD | items[0].message
            send-text  | {"items":[{"to":"6281234500011","message":4}]}                          | 400 | INVALID_PAYLOAD | items[0].message
            send-text  | {"template":"Halo {name}","items":[{"to":"6281234500011"}]}             | 400 | INVALID_PAYLOAD | items[0].variables.name
            send-text  | {"template":"Halo {name}","items":[{"to":"6281234500011","variables":7}]} | 400 | INVALID_PAYLOAD | items[0].variables
            send-text  | {"template":"","items":[{"to":"6281234500011"}]}                        | 400 | INVALID_PAYLOAD | template
            send-text  | {"template":"a","delay":-1,"items":[{"to":"6281234500011"}]}            | 400 | INVALID_PAYLOAD | delay
            send-text  | {"template":"a","delay":"x","items":[{"to":"6281234500011"}]}           | 400 | INVALID_PAYLOAD | delay
            send-text  | {"template":"a","share":0,"items":[{"to":"6281234500011"}]}             | 400 | INVALID_PAYLOAD | share
            send-text  | {"template":"a","share":101,"items":[{"to":"6281234500011"}]}           | 400 | INVALID_PAYLOAD | share
            send-text  | {"template":"a","window":{"from":"08:00","to":"25:00","timezone":"UTC"},"items":[{"to":"6281234500011"}]} | 400 | INVALID_PAYLOAD | window.to
            send-text  | {"template":"a","window":{"from":"08:00","to":"08:00","timezone":"UTC"},"items":[{"to":"6281234500011"}]} | 400 | INVALID_PAYLOAD | window.to
            send-text  | {"template":"a","window":{"from":"08:00","to":"09:00"},"items":[{"to":"6281234500011"}]} | 400 | INVALID_PAYLOAD | window.timezone
            send-text  | {"template":"a","window":{"from":"08:00","to":"09:00","timezone":"Mars/Base"},"items":[{"to":"6281234500011"}]} | 400 | INVALID_PAYLOAD | window.timezone
            send-text  | {"template":"a","scheduleTime":"2001-01-01 08:00:00","timezone":"UTC","items":[{"to":"6281234500011"}]} | 400 | INVALID_PAYLOAD | scheduleTime
            send-text  | {"template":"a","scheduleTime":"2031-02-30 08:00:00","timezone":"UTC","items":[{"to":"6281234500011"}]} | 400 | INVALID_PAYLOAD | scheduleTime
            send-text  | {"template":"a","scheduleTime":"2031-01-01 08:00:00","items":[{"to":"6281234500011"}]} | 400 | INVALID_PAYLOAD | timezone
            send-text  | {"template":"a","scheduleTime":"2031-01-01 08:00:00","timezone":"WIB!","items":[{"to":"6281234500011"}]} | 400 | INVALID_PAYLOAD | timezone
            send-text  | {"template":"a\\u0000","items":[{"to":"6281234500011"}]}                | 400 | INVALID_PAYLOAD | template
            send-text  | {"template":"a","items":[{"to":"6281234500011","variables":{"x":"\\ud800"}}]} | 400 | INVALID_PAYLOAD | items[0].variables.x
            send-text  | {"template":"a","items":[{"to":"6281234500011"}                         | 400 | INVALID_PAYLOAD | body
            send-text  | [1]                                                                     | 400 | INVALID_PAYLOAD | body
            send-media | {"items":[{"to":"6281234500011"}]}                                      | 400 | INVALID_PAYLOAD | items[0].file
            send-media | {"base64":"JVBERi0xLjQK","url":"http://x","items":[{"to":"6281234500011"}]} | 400 | INVALID_PAYLOAD | file
            send-media | {"items":[{"to":"6281234500011","base64":"!"}]}                         | 400 | INVALID_PAYLOAD | items[0].base64
            send-media | {"items":[{"to":"6281234500011","base64":"JVBERi0xLjQK","mediaType":"song"}]} | 400 | INVALID_PAYLOAD | items[0].mediaType
            send-media | {"items":[{"to":"6281234500011","url":"http://127.0.0.1:1/a"}]}         | 422 | MEDIA_FETCH_FAILED | items[0].url
            """)
    void badInputIsRefusedByName(String operation, String body, int status, String code, String field)
            throws Exception {
        Reply reply = post(FakeHouse.DEVICES + "/main/jobs/" + operation, body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.code()).isEqualTo(code);
        assertThat(reply.fields()).contains(field);
        nothingIsStored();
    }

    private static void nothingIsStored() throws Exception {
        assertThat(house.column("select (select count(*) from batch) + (select count(*) from batch_item)"))
                .containsExactly("0");
        assertThat(house.whatsapp.sent).isEmpty();
    }

    @Test
    void allThatAreWrongAreNamed() throws Exception {
        JsonArray items = new JsonArray();
        for (int i = 0; i < 3_000; i++) {
            items.add(new JsonObject().put("to", i % 2 == 0 ? "bad-" + i : "62812%08d".formatted(i)));
        }
        Reply reply = post(
                FakeHouse.DEVICES + "/main/jobs/send-text",
                new JsonObject().put("template", "a").put("items", items).encode());
        assertThat(reply.status()).isEqualTo(400);
        List<String> fields = reply.fields();
        assertThat(fields)
                .hasSize(1_001)
                .startsWith("items[0].to", "items[2].to")
                .endsWith("items[1998].to", "items");
        assertThat(reply.text()).contains("has 500 more that are wrong");
        nothingIsStored();
    }

    @Test
    void moreThanAHundredThousandAreRefused() throws Exception {
        StringBuilder body = new StringBuilder("{\"template\":\"a\",\"items\":[");
        for (int i = 0; i <= 100_000; i++) {
            body.append(i == 0 ? "" : ",").append("{\"to\":\"62812%08d\"}".formatted(i));
        }
        Reply reply = post(
                FakeHouse.DEVICES + "/main/jobs/send-text", body.append("]}").toString());
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.fields()).containsExactly("items");
        nothingIsStored();
    }

    @Test
    void aBodyThatIsTooLargeOrOfAnotherTypeIsRefused() throws Exception {
        String large = "{\"template\":\"" + "a".repeat(34 << 20) + "\",\"items\":[]}";
        assertThat(post(FakeHouse.DEVICES + "/main/jobs/send-text", large).status())
                .isEqualTo(413);
        assertThat(admin.with("Content-Type", "text/plain")
                        .send("POST", FakeHouse.DEVICES + "/main/jobs/send-text", Optional.of("{}"))
                        .status())
                .isEqualTo(415);
        nothingIsStored();
    }

    @Test
    void whoMayNotIsRefused() throws Exception {
        ContractClient user = house.user("somebody");
        String body = "{\"template\":\"a\",\"items\":[{\"to\":\"6281234500011\"}]}";
        assertThat(user.with("Content-Type", "application/json")
                        .send("POST", FakeHouse.DEVICES + "/main/jobs/send-text", Optional.of(body))
                        .status())
                .isEqualTo(403);
        assertThat(post(FakeHouse.DEVICES + "/nobody/jobs/send-text", body).code())
                .isEqualTo("SESSION_NOT_FOUND");
        assertThat(admin.get(JOBS + "/job-nothing/items?format=csv").code()).isEqualTo("JOB_NOT_FOUND");
        assertThat(admin.post(JOBS + "/job-nothing/pause").code()).isEqualTo("JOB_NOT_FOUND");
        assertThat(admin.get(JOBS + "?status=asleep").fields()).containsExactly("status");
        nothingIsStored();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                                                | 400 | INVALID_PAYLOAD   | phone
            {"phone":"hello"}                                 | 400 | INVALID_PAYLOAD   | phone
            {"phone":"120363000000000009@g.us"}               | 400 | INVALID_PAYLOAD   | phone
            {"phone":"6281234500011","more":1}                | 400 | INVALID_PAYLOAD   | more
            {"phone":"6281234500011","deviceId":"no device"}  | 400 | INVALID_PAYLOAD   | deviceId
            {"phone":"6281234500011","deviceId":"nobody"}     | 404 | SESSION_NOT_FOUND |
            """)
    void badSuppressionsAreRefused(String body, int status, String code, String field) {
        Reply reply = post("/api/suppressions", body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.code()).isEqualTo(code);
        if (field != null) {
            assertThat(reply.fields()).contains(field);
        }
    }
}
