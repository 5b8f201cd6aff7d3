package io.kurir.webhook;

import static io.kurir.webhook.Town.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.Settings;
import io.kurir.access.Reach;
import io.kurir.outbound.Circuit;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Endpoints that are away, slow, or refuse one event. */
class WebhookTroubleIT {
    private Town town = new Town(WebhookFixture.settings());
    private final Receiver receiver = new Receiver(town.vertx);

    @AfterEach
    void close() {
        town.close();
    }

    @Test
    void whileAnEndpointIsDownOneCallAtATimeFindsOutAndNothingIsCounted() {
        receiver.answer = _ -> Future.succeededFuture(503);
        Webhook webhook = town.hook(receiver);
        town.start();
        for (int n = 1; n <= 5; n++) {
            for (int chat = 0; chat < 6; chat++) {
                town.happen("one", "chat" + chat, n, n);
            }
        }
        patiently().until(() -> town.seen(webhook).circuit().open());
        patiently()
                .until(() ->
                        receiver.now.get() == 0 && town.seen(webhook).circuit().probes() > 0);
        long counted = attempts();
        int calls = receiver.got.size();
        int probes = town.seen(webhook).circuit().probes();
        receiver.most.set(0);
        patiently().until(() -> town.seen(webhook).circuit().probes() >= probes + 2);
        assertThat(receiver.most.get()).isEqualTo(1);
        assertThat(receiver.got.size() - calls).isBetween(2, 5);
        assertThat(attempts()).as("not counted").isEqualTo(counted);
        assertThat(town.seen(webhook).downReason()).isEqualTo("answered 503");
        assertThat(town.told("webhook.down"))
                .singleElement()
                .satisfies(data -> assertThat(data)
                        .isEqualTo(new JsonObject()
                                .put("webhookId", webhook.id())
                                .put("host", "127.0.0.1")
                                .put("reason", "answered 503")));
        assertThat(town.count("delivered")).isZero();
        receiver.answer = _ -> Future.succeededFuture(204);
        patiently().until(() -> town.count("delivered") == 30);
        for (int chat = 0; chat < 6; chat++) {
            assertThat(receiver.takenOf("chat" + chat)).containsExactly(1, 2, 3, 4, 5);
        }
        assertThat(town.seen(webhook).circuit()).isEqualTo(Circuit.CLOSED);
        assertThat(town.told("webhook.up")).hasSize(1);
        assertThat(town.faults()).isEmpty();
    }

    private long attempts() {
        return town.number("select coalesce(sum(attempts), 0) from webhook_delivery");
    }

    @Test
    void whereNobodyListensTheCircuitOpensAndClosesWhenAnotherUrlIsGiven() {
        Webhook webhook = town.hook("http://127.0.0.1:1/", Optional.empty(), List.of());
        town.start();
        town.happen("one", "a", 1, 3);
        patiently().until(() -> town.seen(webhook).circuit().open());
        assertThat(town.seen(webhook).downReason()).isEqualTo("no connection");
        town.webhooks.update(
                Reach.ALL,
                webhook.id(),
                new Webhooks.Wanted(
                        Optional.of(receiver.url()),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()));
        patiently().until(() -> town.count("delivered") == 3);
        assertThat(receiver.takenOf("a")).containsExactly(1, 2, 3);
    }

    @Test
    void whatAnAdminSubscribesToIsToldAmongTheAdminsOwnEvents() {
        assertThat(deviceOfTheNotice()).isEqualTo("other");
    }

    @Test
    void anAdminWithoutADeviceIsToldAmongTheEventsThatDoNotGetThrough() {
        town.sql("delete from device where device_id = 'other'");
        assertThat(deviceOfTheNotice()).isEqualTo("one");
    }

    /** Of a webhook of the admin's for everything, when events of the user's device do not get through. */
    private String deviceOfTheNotice() {
        Webhook webhook =
                town.hook(Town.ADMIN, new Webhooks.Scope(Optional.empty(), true), "http://127.0.0.1:1/", List.of());
        town.start();
        town.happen("one", "a", 1, 3);
        patiently().until(() -> town.seen(webhook).circuit().open());
        return town.pool
                .query("select device_id from event where type = 'webhook.down'")
                .execute()
                .await()
                .iterator()
                .next()
                .getString(0);
    }

    @Test
    void anEventThatIsRefusedWhileOthersAreTakenIsGivenUpAndItsChatGoesOn() {
        receiver.answer = got -> Future.succeededFuture(got.n() == 666 ? 500 : 200);
        Webhook webhook = town.hook(receiver);
        town.start();
        town.happen("one", "a", 1, 1);
        town.happen("one", "a", 666, 666);
        town.happen("one", "a", 2, 2);
        for (int n = 1; n <= 10; n++) {
            town.happen("two", "b", n, n);
        }
        patiently().until(() -> town.count("dead") == 1 && town.count("delivered") == 12);
        assertThat(receiver.takenOf("a")).containsExactly(1, 2);
        assertThat(receiver.got.stream().filter(got -> got.n() == 666).map(Receiver.Got::attempt))
                .containsExactly("1", "2", "3", "4", "5", "6");
        assertThat(town.told("webhook.down")).isEmpty();
        DeliveryStore.Entry dead = town.webhooks
                .deliveries(
                        Reach.ALL,
                        webhook.id(),
                        new Webhooks.DeliveryQuery(
                                Optional.of("dead"), Optional.empty(), Optional.empty(), Optional.empty(), 10))
                .getFirst();
        assertThat(dead.status()).hasValue(500);
        assertThat(dead.error()).hasValue("answered 500");
        assertThat(dead.attempts()).isEqualTo(6);
        receiver.answer = _ -> Future.succeededFuture(200);
        assertThat(town.webhooks.replay(
                        Reach.ALL,
                        webhook.id(),
                        new Webhooks.Replay(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                List.of(),
                                Optional.of("dead"))))
                .hasSize(1);
        patiently().until(() -> receiver.takenOf("a").contains(666));
    }

    /** Refused as if the endpoint were away: the others' turn comes, and shows that it is not. */
    @Test
    void anEventThatLooksLikeAnOutageIsGivenUpToo() {
        receiver.answer = got -> Future.succeededFuture(got.n() == 666 ? 503 : 200);
        Webhook webhook = town.hook(receiver);
        town.start();
        town.happen("one", "a", 666, 666);
        town.happen("one", "a", 1, 1);
        patiently().until(() -> town.seen(webhook).circuit().open());
        for (int n = 2; town.count("dead") == 0; n++) {
            int next = n;
            town.happen("one", "b", next, next);
            patiently().until(() -> receiver.takenOf("b").contains(next));
            patiently()
                    .until(() -> town.count("dead") == 1
                            || town.seen(webhook).circuit().open());
        }
        patiently().until(() -> receiver.takenOf("a").contains(1));
    }

    @Test
    void whoHangsDelaysNobodyElse() {
        Promise<Integer> release = Promise.promise();
        receiver.answer = _ -> release.future();
        Receiver quick = new Receiver(town.vertx);
        // on one server even: what they share is the host alone
        Webhook slow = town.hook(receiver);
        town.hook(quick);
        town.start();
        IntStream.range(0, 40).forEach(chat -> town.happen("one", "chat" + chat, 1, 2));
        patiently().until(() -> quick.taken.size() == 80);
        assertThat(receiver.taken).isEmpty();
        assertThat(receiver.now.get()).isEqualTo(8);
        assertThat(town.seen(slow).circuit().open()).isFalse();
        receiver.answer = _ -> Future.succeededFuture(200);
        release.complete(200);
        patiently().until(() -> receiver.taken.size() == 80);
    }

    @Test
    void aRedirectIsNotFollowed() {
        receiver.answer = _ -> Future.succeededFuture(302);
        town.hook(receiver);
        town.start();
        town.happen("one", "a", 1, 1);
        patiently().until(() -> town.count("dead") == 1);
        assertThat(receiver.got).hasSize(6);
    }

    @Test
    void whatIsDownForTooLongIsDisabledAndTheOldestExpire() {
        town.close();
        Settings.Webhook patient = WebhookFixture.settings();
        town = new Town(new Settings.Webhook(
                patient.allowUrls(),
                patient.parallel(),
                patient.retryDelay(),
                Duration.ofMillis(50),
                Duration.ofSeconds(1),
                patient.secretOverlap(),
                patient.retention(),
                patient.deadRetention()));
        Webhook webhook = town.hook("http://127.0.0.1:1/", Optional.empty(), List.of());
        town.start();
        town.happen("one", "a", 1, 3);
        patiently().until(() -> !town.seen(webhook).enabled());
        assertThat(town.seen(webhook).disabledReason()).isEqualTo("no connection");
        assertThat(town.told("webhook.disabled")).hasSize(1);
        assertThat(town.faults()).isEmpty();
        patiently().until(() -> {
            town.away.forget().await();
            return town.count("expired") == 3;
        });
        town.happen("one", "a", 4, 4);
        Webhook enabled = town.webhooks.update(
                Reach.ALL,
                webhook.id(),
                new Webhooks.Wanted(
                        Optional.of(new Receiver(town.vertx).url()),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(true)));
        assertThat(enabled.circuit()).isEqualTo(Circuit.CLOSED);
        town.happen("one", "a", 5, 5);
        patiently().until(() -> town.count("delivered") == 1);
    }
}
