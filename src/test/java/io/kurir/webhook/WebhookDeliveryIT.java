package io.kurir.webhook;

import static io.kurir.webhook.Town.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.access.Reach;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** From the log to real endpoints on a real PostgreSQL, while all is well. */
class WebhookDeliveryIT {
    private final Town town = new Town(WebhookFixture.settings());
    private final Receiver receiver = new Receiver(town.vertx);

    @AfterEach
    void close() {
        town.close();
    }

    @Test
    void eachChatIsInOrderAndEachCallIsSignedAndNamesItsPlace() {
        Webhook webhook = town.hook(receiver);
        town.start();
        for (int n = 1; n <= 20; n++) {
            for (String chat : List.of("a", "b", "c")) {
                town.happen("one", chat, n, n);
            }
        }
        patiently().until(() -> town.count("delivered") == 60);
        assertThat(receiver.ids()).hasSize(60).doesNotHaveDuplicates();
        List<Integer> inOrder = IntStream.rangeClosed(1, 20).boxed().toList();
        assertThat(List.of("a", "b", "c"))
                .allSatisfy(chat -> assertThat(receiver.takenOf(chat)).isEqualTo(inOrder));
        assertThat(receiver.got).allSatisfy(got -> {
            assertThat(got.signature())
                    .isEqualTo(got.signedBy(webhook.endpoint().secret()));
            assertThat(got.body().getString("id")).isEqualTo(got.eventId()).matches("\\d+");
            assertThat(got.body().getString("type")).isEqualTo("message.received");
            assertThat(got.body().getString("deviceId")).isEqualTo("one");
            assertThat(got.attempt()).isEqualTo("1");
            assertThat(got.own()).isEqualTo("Bearer of news");
            long seq = got.body().getLong("seq");
            assertThat(got.body().getLong("prevSeq")).isEqualTo(seq == 1 ? null : Long.valueOf(seq - 1));
        });
        assertThat(town.deliveries(webhook)).allSatisfy(entry -> {
            assertThat(entry.status()).hasValue(200);
            assertThat(entry.attempts()).isEqualTo(1);
            assertThat(entry.reply().orElseThrow()).startsWith("answer x").hasSize(1024);
            assertThat(entry.latencyMs()).isPresent();
        });
    }

    /** A chat that is busy holds back itself alone, and no more calls run than are allowed. */
    @Test
    void noMoreCallsRunAtATimeThanAllowedAndOnePerChat() {
        List<io.vertx.core.Promise<Integer>> held = new java.util.concurrent.CopyOnWriteArrayList<>();
        receiver.answer = _ -> {
            io.vertx.core.Promise<Integer> promise = io.vertx.core.Promise.promise();
            held.add(promise);
            return promise.future();
        };
        town.hook(receiver);
        town.start();
        IntStream.range(0, 12).forEach(chat -> town.happen("one", "chat" + chat, 1, 3));
        patiently().until(() -> held.size() == 8);
        patiently().until(() -> town.number("select count(*) from webhook_delivery") == 36);
        assertThat(receiver.got).extracting(Receiver.Got::chat).doesNotHaveDuplicates();
        receiver.answer = _ -> Future.succeededFuture(200);
        held.forEach(promise -> promise.tryComplete(200));
        patiently().until(() -> town.count("delivered") == 36);
        assertThat(receiver.most.get()).isEqualTo(8);
    }

    /** More than are looked through at once. */
    @Test
    void manyChatsHaveTheirTurn() {
        town.hook(receiver);
        for (int chat = 0; chat < 450; chat++) {
            town.happen("one", "chat" + chat, 1, 2);
        }
        town.start();
        patiently().until(() -> town.count("delivered") == 900);
        assertThat(receiver.ids()).hasSize(900).doesNotHaveDuplicates();
        for (int chat = 0; chat < 450; chat++) {
            assertThat(receiver.takenOf("chat" + chat)).containsExactly(1, 2);
        }
    }

    /** Whoever dies between the call and its commit: the event comes once more, under its id. */
    @Test
    void whatACrashLeftUndecidedIsCalledAgain() {
        Webhook webhook = town.hook(receiver);
        town.happen("one", "a", 1, 2);
        FanOutStore fanOut = new FanOutStore(town.pool);
        fanOut.fanOut(List.of(webhook.id()), 100).await();
        ClaimStore claims = new ClaimStore(town.pool, town.vault);
        ClaimStore.Claims claimed =
                claims.claim(webhook.id(), ClaimStore.Place.START, 8).await();
        Delivery first = claimed.deliveries().getFirst();
        assertThat(claimed.deliveries()).as("one per chat").hasSize(1);
        Reply reply = new Poster(town.vertx, List.of("127.0.0.1"))
                .post(
                        claimed.endpoint().orElseThrow(),
                        Envelope.id(first.position()),
                        1,
                        Envelope.of(first, first.data().orElseThrow()))
                .await();
        assertThat(reply.taken()).isTrue();
        assertThat(claims.claim(webhook.id(), ClaimStore.Place.START, 8).await().deliveries())
                .as("while its lease lasts nobody else takes it, nor what is behind it")
                .isEmpty();
        town.sql("update webhook_delivery set claimed_until = clock_timestamp() where claimed_until is not null");
        town.start();
        patiently().until(() -> town.count("delivered") == 2);
        assertThat(receiver.got).extracting(Receiver.Got::n).containsExactly(1, 1, 2);
        assertThat(receiver.ids().subList(0, 2)).containsOnly(Envelope.id(first.position()));
        SettleStore settling = new SettleStore(town.pool, town.settings);
        settling.settle(
                        webhook.id(),
                        webhook.endpoint(),
                        first,
                        new Reply.Unreachable("late", java.time.Duration.ofSeconds(1)))
                .await();
        assertThat(town.count("delivered"))
                .as("who has lost its claim changes nothing")
                .isEqualTo(2);
    }

    @Test
    void twoNodesAtOnceMakeEachDeliveryOnce() {
        Webhook webhook = town.hook(receiver);
        town.start();
        town.startAnother();
        for (int n = 0; n < 100; n++) {
            town.happen("one", "chat" + n % 7, n, n);
            town.happen("two", "chat" + n % 5, n, n);
        }
        patiently().until(() -> town.count("delivered") == 200);
        assertThat(town.number("select count(distinct position) from webhook_delivery"))
                .isEqualTo(200);
        assertThat(receiver.ids()).hasSize(200).doesNotHaveDuplicates();
        Map<String, Long> last = new HashMap<>();
        List<DeliveryStore.Entry> inOrder = new ArrayList<>(town.deliveries(webhook));
        inOrder.sort(java.util.Comparator.comparingLong(DeliveryStore.Entry::seq));
        for (DeliveryStore.Entry entry : inOrder) {
            assertThat(entry.prevSeq()).isEqualTo(Optional.ofNullable(last.put(entry.deviceId(), entry.seq())));
        }
        for (int chat = 0; chat < 7; chat++) {
            String name = "chat" + chat;
            assertThat(receiver.taken.stream()
                            .filter(got -> got.body().getString("deviceId").equals("one")
                                    && got.chat().equals(name))
                            .map(Receiver.Got::n))
                    .isSorted();
        }
    }

    @Test
    void everyoneGetsTheirOwnAndNothingElse() {
        Receiver device = new Receiver(town.vertx);
        Receiver types = new Receiver(town.vertx);
        Receiver admin = new Receiver(town.vertx);
        Receiver everything = new Receiver(town.vertx);
        town.happen("one", "before there was a webhook", 0, 0);
        town.hook(receiver);
        town.hook(device.url(), Optional.of("two"), List.of());
        town.hook(types.url(), Optional.empty(), List.of("message.status", "device-status"));
        town.hook(Town.ADMIN, new Webhooks.Scope(Optional.empty(), false), admin.url(), List.of());
        town.hook(Town.ADMIN, new Webhooks.Scope(Optional.empty(), true), everything.url(), List.of());
        town.start();
        town.happen("one", "message.received", "a", 1, 1);
        town.happen("two", "message.status", "a", 2, 2);
        town.happen("other", "message.received", "a", 3, 3);
        patiently().until(() -> town.count("delivered") == 2 + 1 + 1 + 1 + 3);
        assertThat(numbers(receiver)).containsExactlyInAnyOrder(1, 2);
        assertThat(numbers(device)).containsExactly(2);
        assertThat(numbers(types)).containsExactly(2);
        assertThat(numbers(admin)).containsExactly(3);
        assertThat(numbers(everything)).containsExactlyInAnyOrder(1, 2, 3);
        town.sql("update app_user set role = 'user' where id = 1");
        town.happen("one", "message.received", "a", 4, 4);
        town.happen("other", "message.received", "a", 5, 5);
        patiently()
                .until(() ->
                        numbers(everything).contains(5) && numbers(receiver).contains(4));
        patiently().until(() -> town.count("pending") == 0);
        assertThat(numbers(everything))
                .as("who is no admin any more gets no more of others")
                .doesNotContain(4);
    }

    private static List<Integer> numbers(Receiver from) {
        return from.got.stream().map(Receiver.Got::n).toList();
    }

    @Test
    void aRotatedSecretSignsBesideTheNewOneUntilItsTimeIsOver() {
        Webhook webhook = town.hook(receiver);
        String old = webhook.endpoint().secret();
        Webhook rotated = town.webhooks.rotate(Reach.ALL, webhook.id(), Optional.empty(), io.kurir.Names.random());
        String fresh = rotated.endpoint().secret();
        town.start();
        town.happen("one", "a", 1, 1);
        patiently().until(() -> town.count("delivered") == 1);
        Receiver.Got both = receiver.got.getFirst();
        assertThat(both.signature().split(",")).containsExactlyInAnyOrder(both.signedBy(fresh), both.signedBy(old));
        town.sql("update webhook set previous_until = clock_timestamp() - interval '1 second'");
        town.happen("one", "a", 2, 2);
        patiently().until(() -> town.count("delivered") == 2);
        Receiver.Got one = receiver.got.getLast();
        assertThat(one.signature()).isEqualTo(one.signedBy(fresh));
        assertThat(town.number(
                        "select count(*) from webhook where secret like '%" + fresh + "%' or headers like '%news%'"))
                .as("sealed")
                .isZero();
    }

    @Test
    void replaysKeepTheirIdAndDisturbNoSequence() {
        town.happen("one", "a", 0, 0);
        Webhook webhook = town.hook(receiver);
        town.start();
        town.happen("one", "a", 1, 3);
        town.happen("one", "message.status", "a", 4, 4);
        patiently().until(() -> town.count("delivered") == 4);
        List<String> ids = receiver.ids();
        List<Long> positions = List.of(position(ids.get(0)), position(ids.get(2)));
        assertThat(town.webhooks.replay(Reach.ALL, webhook.id(), replay(Optional.of(positions), List.of())))
                .hasSize(2);
        patiently().until(() -> town.count("delivered") == 6);
        assertThat(receiver.ids().subList(4, 6)).containsExactly(ids.get(0), ids.get(2));
        assertThat(receiver.got.get(5).body().remove("x")).isNull();
        assertThat(receiver.got.get(5).body()).isEqualTo(receiver.got.get(2).body());
        assertThat(town.webhooks.replay(Reach.ALL, webhook.id(), replay(Optional.empty(), List.of("message.status"))))
                .hasSize(1);
        patiently().until(() -> town.count("delivered") == 7);
        town.happen("one", "a", 5, 5);
        patiently().until(() -> town.count("delivered") == 8);
        JsonObject next = receiver.got.getLast().body();
        assertThat(next.getLong("prevSeq")).isEqualTo(next.getLong("seq") - 1);
        // from before there was a webhook, too
        assertThat(town.webhooks.replay(Reach.ALL, webhook.id(), replay(Optional.empty(), List.of("message.received"))))
                .hasSize(5);
        patiently().until(() -> town.count("delivered") == 13);
        assertThat(receiver.got.stream().map(Receiver.Got::n)).contains(0);
        assertThat(town.deliveries(webhook).stream().filter(DeliveryStore.Entry::replay))
                .hasSize(8);
    }

    private static Webhooks.Replay replay(Optional<List<Long>> positions, List<String> types) {
        return new Webhooks.Replay(
                positions, Optional.empty(), Optional.empty(), Optional.empty(), types, Optional.empty());
    }

    private static long position(String eventId) {
        return Long.parseLong(eventId);
    }

    @Test
    void anEventThatIsNoLongerKeptExpiresAndWhatIsErasedIsGone() {
        Webhook webhook = town.hook(receiver);
        town.happen("one", "a", 1, 1);
        new FanOutStore(town.pool).fanOut(List.of(webhook.id()), 100).await();
        town.sql("delete from event");
        town.happen("one", "a", 2, 2);
        town.happen("two", "b", 3, 3);
        town.start();
        patiently().until(() -> town.count("delivered") == 2 && town.count("expired") == 1);
        assertThat(receiver.got).extracting(Receiver.Got::n).containsExactlyInAnyOrder(2, 3);
        assertThat(town.away.erase("one", Optional.of("nobody")).await()).isZero();
        assertThat(town.away.erase("one", Optional.of("a")).await()).isEqualTo(2);
        assertThat(town.away.forget().await()).isZero();
        assertThat(town.count("delivered")).isEqualTo(1);
        town.sql("update webhook_delivery set settled_at = clock_timestamp() - interval '8 days'");
        assertThat(town.away.forget().await()).isEqualTo(1);
        assertThat(town.number("select count(*) from webhook_delivery")).isZero();
    }
}
