package io.kurir.client;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Kurir, for a program whose Vert.x has joined the cluster. May do what its API key may do over HTTP. Every future fails with a {@link KurirException}
 * and nothing else. Safe for all threads.
 *
 * <p>Who has the cluster's secret and no API key can do nothing; who has neither can neither ask nor read answers.
 */
public final class KurirClient {
    /** A node that does not answer for so long may be dead; another one is asked, which waits for the first where that one is still at it. */
    private static final Duration TRY = Duration.ofSeconds(15);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Vertx vertx;
    private final Seal seal;
    private final String apiKey;
    private final Duration oneTry;
    private final Duration patience;

    private KurirClient(Vertx vertx, Seal seal, String apiKey, Duration oneTry, Duration patience) {
        this.vertx = vertx;
        this.seal = seal;
        this.apiKey = apiKey;
        this.oneTry = oneTry;
        this.patience = patience;
    }

    /**
     * Nothing is asked of the cluster yet.
     *
     * @param vertx clustered, with Kurir's nodes as members
     * @param secret the nodes' {@code cluster.secret}
     */
    public static KurirClient create(Vertx vertx, String secret, String apiKey) {
        return new KurirClient(vertx, new Seal(secret, Seal.CLIENTS, InstantSource.system()), apiKey, TRY, PATIENCE);
    }

    /** The same with other times: {@code oneTry} until another node is asked, {@code patience} until the caller is told so. */
    public KurirClient waiting(Duration oneTry, Duration patience) {
        return new KurirClient(vertx, seal, apiKey, oneTry, patience);
    }

    /**
     * Sends, and waits until WhatsApp's server has it or Kurir says that it goes on by itself. What gets no answer is asked again, under the same key,
     * so that nothing goes out twice; after {@code patience} it fails with {@code NOT_AVAILABLE}, and the same record may be sent again.
     */
    public Future<Sent> send(String deviceId, Outgoing message) {
        String address = switch (message) {
            case SendText _ -> Addresses.SEND_TEXT;
            case SendMedia _ -> Addresses.SEND_MEDIA;
        };
        JsonObject request = request()
                .put("deviceId", deviceId)
                .put("idempotencyKey", message.idempotencyKey())
                .put("body", message.body());
        return persist(address, request, System.nanoTime() + patience.toNanos()).map(Sent::of);
    }

    /**
     * Answers a message, once, also when its event is handled again after a crash. A second answer with other words is refused with
     * {@code IDEMPOTENCY_KEY_REUSED}: who wants several uses {@link #send} with {@link SendText#answering}.
     */
    public Future<Sent> reply(IncomingMessage message, String text) {
        return send(
                message.deviceId(),
                SendText.of(message.chat(), text).answering(message.messageId()).keyed("reply-" + message.messageId()));
    }

    public Future<DeviceStatus> status(String deviceId) {
        return persist(
                        Addresses.DEVICE_STATUS,
                        request().put("deviceId", deviceId),
                        System.nanoTime() + patience.toNanos())
                .map(DeviceStatus::of);
    }

    /** Follows what happens from now on; see {@link #events(Set, long, Function)}. */
    public Following events(Set<String> devices, Function<Event, Future<?>> handler) {
        return Following.start(this, vertx, devices, OptionalLong.empty(), handler);
    }

    /**
     * Follows the stored events of devices, in order: first those after the position, then what happens, whichever nodes come and go. The next event is
     * handed over when the future of the one before has succeeded; one that fails is handed over again. A program that keeps the position of the last
     * event it has dealt with, and starts with it, misses none.
     *
     * @param after 0: from the oldest; older than the log: {@link Following#ended} fails with {@code GONE}
     */
    public Following events(Set<String> devices, long after, Function<Event, Future<?>> handler) {
        return Following.start(this, vertx, devices, OptionalLong.of(after), handler);
    }

    /** A piece of the log; waits up to {@code wait} for the first event. */
    Future<JsonObject> page(Set<String> devices, OptionalLong after, int limit, Duration wait) {
        JsonObject body = new JsonObject()
                .put("devices", new JsonArray(devices.stream().sorted().toList()))
                .put("limit", limit)
                .put("waitMs", wait.toMillis());
        after.ifPresent(position -> body.put("after", Long.toString(position)));
        return ask(Addresses.EVENTS, request().put("body", body), wait.plus(oneTry));
    }

    private JsonObject request() {
        return new JsonObject().put("apiKey", apiKey);
    }

    private Future<JsonObject> persist(String address, JsonObject request, long deadline) {
        return ask(address, request, oneTry).recover(why -> {
            Optional<Duration> pause =
                    why instanceof KurirException refusal && refusal.code().equals(KurirException.NOT_AVAILABLE)
                            ? refusal.retryAfter()
                            : Optional.empty();
            return pause.filter(time -> System.nanoTime() + time.toNanos() - deadline < 0)
                    .map(time -> vertx.timer(time.toMillis(), TimeUnit.MILLISECONDS)
                            .compose(_ -> persist(address, request, deadline)))
                    .orElseGet(() -> Future.failedFuture(why));
        });
    }

    private Future<JsonObject> ask(String address, JsonObject request, Duration timeout) {
        Buffer frame = Buffer.buffer(seal.close(address, request.toBuffer().getBytes()));
        return vertx.eventBus()
                .<Object>request(address, frame, new DeliveryOptions().setSendTimeout(timeout.toMillis()))
                .transform(done -> done.succeeded()
                        ? answer(done.result())
                        : Future.failedFuture(unanswered(address, done.cause())));
    }

    private Future<JsonObject> answer(Message<Object> reply) {
        if (reply.body() instanceof Buffer frame
                && seal.open(reply.address(), frame.getBytes()) instanceof Seal.Body body) {
            return read(body.content());
        }
        return Future.failedFuture(KurirException.unanswered("a stranger answered; is the cluster's secret the same?"));
    }

    private static Future<JsonObject> read(Buffer content) {
        try {
            JsonObject answer = new JsonObject(content);
            JsonObject error = answer.getJsonObject("error");
            return error == null
                    ? Future.succeededFuture(answer.getJsonObject("data"))
                    : Future.failedFuture(KurirException.of(error));
        } catch (DecodeException | ClassCastException unreadable) {
            return Future.failedFuture(KurirException.unanswered("the answer cannot be read"));
        }
    }

    private static KurirException unanswered(String address, Throwable cause) {
        boolean nobody = cause instanceof ReplyException reply && reply.failureType() == ReplyFailure.NO_HANDLERS;
        return KurirException.unanswered(
                nobody
                        ? "no node serves " + address + "; has this program joined the cluster?"
                        : "no answer from " + address
                                + "; when this goes on: is the cluster's secret the same, are the clocks right?");
    }
}
