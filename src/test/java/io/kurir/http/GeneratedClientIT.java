package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import generated.client.ApiClient;
import generated.client.ApiException;
import generated.client.api.DevicesApi;
import generated.client.api.MessagesApi;
import generated.client.model.SendMessage;
import generated.client.model.Sent;
import io.kurir.message.FakeSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The client that openapi-generator makes of the contract, as it is generated with each build: whoever makes one gets by with it. */
class GeneratedClientIT {
    private static HttpFixture fixture;
    private static FakeSession session;
    private static ApiClient client;

    @BeforeAll
    static void open() throws Exception {
        fixture = new HttpFixture();
        session = new FakeSession(fixture.vertx, fixture.pool, fixture.bus, fixture.media, "main", 1);
        client = new ApiClient();
        client.updateBaseUri(fixture.base.toString());
        client.setRequestInterceptor(request -> request.header("x-api-key", HttpFixture.KEY));
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    @Test
    void sendsAMessage() throws Exception {
        SendMessage message = new SendMessage().to("081234567890").message("Made by a generator");
        var sent = new MessagesApi(client).sendMessage("main", message, "once-0001");
        Sent one = (Sent) sent.getData().getActualInstance();
        assertThat(session.page.submitted).hasSize(1);

        var found = new MessagesApi(client).getMessage("main", one.getMessageId());
        assertThat(found.getData().getMessage()).isEqualTo("Made by a generator");
        assertThat(found.getData().getId()).isEqualTo(one.getId());
    }

    @Test
    void readsAListAndARefusal() throws Exception {
        var devices = new DevicesApi(client).listDevices(1, 20, null, null);
        assertThat(devices.getData().getDevices())
                .singleElement()
                .satisfies(device -> assertThat(device.getDeviceId()).isEqualTo("main"));
        assertThatThrownBy(() -> new DevicesApi(client).getDevice("nobodys"))
                .isInstanceOfSatisfying(ApiException.class, refused -> {
                    assertThat(refused.getCode()).isEqualTo(404);
                    assertThat(refused.getResponseBody()).contains("SESSION_NOT_FOUND");
                });
    }
}
