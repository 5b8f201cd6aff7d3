package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kurir.client.Addresses;
import io.kurir.client.Event;
import io.kurir.client.Following;
import io.kurir.client.KurirClient;
import io.kurir.client.KurirException;
import io.kurir.client.Seal;
import io.kurir.client.SendMedia;
import io.kurir.client.SendText;
import io.kurir.client.Sent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the client says is what {@code asyncapi.yaml} says, and it understands what that says of answers: before a server that answers by its examples. */
class MemberContractTest {
    private static final String SECRET = "what programs know, 32 characters";

    private final Vertx vertx = Vertx.vertx();
    private final Seal seal = new Seal(SECRET, Seal.CLIENTS, InstantSource.system());
    private final KurirClient client =
            KurirClient.create(vertx, SECRET, "key-1").waiting(Duration.ofSeconds(10), Duration.ofSeconds(20));
    private final BlockingQueue<JsonObject> heard = new LinkedBlockingQueue<>();
    private final Map<String, List<JsonObject>> answers = new ConcurrentHashMap<>();

    @BeforeEach
    void serve() {
        for (String address : MemberContract.addresses()) {
            answers.put(address, new ArrayList<>(MemberContract.examples(address, "reply")));
            vertx.eventBus().<Buffer>consumer(address, message -> {
                if (seal.open(address, message.body().getBytes()) instanceof Seal.Body body) {
                    JsonObject request = new JsonObject(body.content());
                    heard.add(request.copy()
                            .put(
                                    "faults",
                                    MemberContract.faults(address, "request", request)
                                            .toString()));
                    List<JsonObject> mine = answers.get(address);
                    JsonObject answer = mine.size() > 1 ? mine.removeFirst() : mine.getFirst();
                    String replyTo = Optional.ofNullable(message.replyAddress()).orElseThrow();
                    message.reply(
                            Buffer.buffer(seal.close(replyTo, answer.toBuffer().getBytes())));
                }
            });
        }
    }

    @AfterEach
    void close() throws Exception {
        get(vertx.close());
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private JsonObject lastRequest() throws InterruptedException {
        JsonObject request = heard.poll(30, TimeUnit.SECONDS);
        assertThat(request.remove("faults")).isEqualTo("[]");
        return request;
    }

    private static KurirException failure(Future<?> future) throws Exception {
        try {
            get(future);
            throw new AssertionError("it succeeded");
        } catch (ExecutionException failed) {
            return (KurirException) Optional.ofNullable(failed.getCause()).orElseThrow();
        }
    }

    @Test
    void theAddressesAreThoseOfTheClientAndTheirExamplesFit() {
        assertThat(MemberContract.addresses())
                .containsExactlyInAnyOrder(
                        Addresses.SEND_TEXT, Addresses.SEND_MEDIA, Addresses.DEVICE_STATUS, Addresses.EVENTS);
        for (String address : MemberContract.addresses()) {
            for (String which : List.of("request", "reply")) {
                MemberContract.examples(address, which)
                        .forEach(example -> assertThat(MemberContract.faults(address, which, example))
                                .as("%s %s", address, which)
                                .isEmpty());
            }
        }
    }

    @Test
    void aText() throws Exception {
        SendText text = new SendText(
                "order-4711",
                "6281234567890",
                "Your parcel is on its way.",
                Optional.of("3EB0A1B2C3D4E5F60718"),
                List.of("6281298765432"),
                true);
        Sent sent = get(client.send("shop-1", text));

        assertThat(lastRequest())
                .isEqualTo(MemberContract.examples(Addresses.SEND_TEXT, "request")
                        .getFirst()
                        .put("apiKey", "key-1"));
        assertThat(sent)
                .isEqualTo(new Sent(42, "3EB0A1B2C3D4E5F60718", "sent", "sent", Instant.parse("2026-01-15T08:30:00Z")));
        KurirException refusal = failure(client.send("shop-1", SendText.of("6281234567890", "x")));
        assertThat(refusal.code()).isEqualTo("SESSION_NOT_READY");
        assertThat(refusal.retryAfter()).isEmpty();
        assertThat(lastRequest().getString("idempotencyKey")).hasSize(36);
    }

    @Test
    void aFile() throws Exception {
        SendMedia file = SendMedia.of("6281234567890", "document", "https://example.com/invoice.pdf")
                .keyed("invoice-4711")
                .captioned("Your invoice")
                .named("invoice.pdf")
                .answering("3EB0A1B2C3D4E5F60718");
        get(client.send("shop-1", file));

        assertThat(lastRequest())
                .isEqualTo(MemberContract.examples(Addresses.SEND_MEDIA, "request")
                        .getFirst()
                        .put("apiKey", "key-1"));
        KurirException refusal = failure(client.send("shop-1", file));
        assertThat(refusal.code()).isEqualTo("MEDIA_FETCH_FAILED");
        assertThat(refusal.details()).containsExactly(new KurirException.Detail("url", "answers with status 404"));
    }

    @Test
    void theStatusOfADevice() throws Exception {
        var status = get(client.status("shop-1"));
        assertThat(status.isConnected()).isTrue();
        assertThat(status.phoneNumber()).contains("6281100000001");
        assertThat(status.qrCode()).isEmpty();
        assertThat(lastRequest())
                .isEqualTo(new JsonObject().put("apiKey", "key-1").put("deviceId", "shop-1"));
        assertThatThrownBy(() -> get(client.waiting(Duration.ofSeconds(5), Duration.ofSeconds(1))
                        .status("shop-1")))
                .cause()
                .isInstanceOfSatisfying(
                        KurirException.class,
                        late -> assertThat(late.retryAfter()).contains(Duration.ofSeconds(2)));
    }

    @Test
    void eventsInOrderFromAPosition() throws Exception {
        BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        Following following = client.events(Set.of("shop-1"), 68812341247L, event -> {
            events.add(event);
            return Future.succeededFuture();
        });

        Event first = events.poll(30, TimeUnit.SECONDS);

        assertThat(first.position()).isEqualTo(68812341248L);
        assertThat(first.type()).isEqualTo("device.restricted");
        assertThat(lastRequest().getJsonObject("body").getMap())
                .containsAllEntriesOf(new TreeMap<>(Map.of("after", "68812341247", "limit", 100)));
        // the second example is the refusal with GONE, which ends it
        assertThat(failure(following.ended()).code()).isEqualTo("GONE");
        assertThat(following.position()).hasValue(68812341248L);
    }

    @Test
    void aNodeThatDoesNotAnswerIsAskedAgainUnderTheSameKey() throws Exception {
        String deaf = Addresses.SEND_TEXT;
        JsonObject busy = new JsonObject()
                .put(
                        "error",
                        new JsonObject()
                                .put("code", "NOT_AVAILABLE")
                                .put("message", "wait")
                                .put("retryAfterMs", 10));
        Optional.ofNullable(answers.get(deaf)).orElseThrow().addAll(0, List.of(busy, busy));

        get(client.send("shop-1", SendText.of("6281234567890", "x")));

        List<Object> keys = List.of(
                lastRequest().getValue("idempotencyKey"),
                lastRequest().getValue("idempotencyKey"),
                lastRequest().getValue("idempotencyKey"));
        assertThat(Set.copyOf(keys)).hasSize(1);
    }
}
