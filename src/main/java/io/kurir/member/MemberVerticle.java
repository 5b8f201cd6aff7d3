package io.kurir.member;

import io.kurir.access.Authenticator;
import io.kurir.access.Credentials;
import io.kurir.bus.Door;
import io.kurir.client.Addresses;
import io.kurir.db.Database;
import io.kurir.event.Event;
import io.kurir.event.EventFeed;
import io.kurir.event.EventOperations;
import io.kurir.http.Ask;
import io.kurir.http.Calls;
import io.kurir.http.Problem;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers programs that have joined the cluster, by the operations of the HTTP contract: {@code {apiKey, deviceId, idempotencyKey, body}} → {@code
 * {data}} or {@code {error}}. To be deployed with {@code ThreadingModel.VIRTUAL_THREAD}; has no mutable state.
 */
public final class MemberVerticle extends AbstractVerticle {
    private static final Logger log = LoggerFactory.getLogger(MemberVerticle.class);
    private static final String DOOR = "bus";
    private static final String DEVICE = "deviceId";
    private static final long MOST_WAIT_MS = 30_000;

    private final Door door;
    private final Supplier<Calls> making;
    private final EventFeed feed;
    private final MeterRegistry registry;

    public MemberVerticle(Door door, Supplier<Calls> calls, EventFeed feed, MeterRegistry registry) {
        this.door = door;
        this.making = calls;
        this.feed = feed;
        this.registry = registry;
    }

    @Override
    public void start() {
        Calls calls = making.get();
        serve(calls, Addresses.SEND_TEXT, request -> calls.data(send("sendMessage", "messages", request)));
        serve(calls, Addresses.SEND_MEDIA, request -> calls.data(send("sendMedia", "items", request)));
        serve(calls, Addresses.DEVICE_STATUS, request -> calls.data(call("getDeviceStatus", request, device(request))));
        serve(calls, Addresses.EVENTS, request -> events(calls, request));
    }

    /** Who is not known learns nothing else. */
    private void serve(Calls calls, String address, Function<JsonObject, JsonObject> deed) {
        door.serve(
                address,
                asked -> Future.succeededFuture(answer(
                        address,
                        request -> {
                            calls.authenticate(key(request));
                            return deed.apply(request);
                        },
                        asked)));
    }

    private JsonObject answer(String address, Function<JsonObject, JsonObject> deed, JsonObject request) {
        Timer.Sample sample = Timer.start(registry);
        String code = "OK";
        try {
            return new JsonObject().put("data", deed.apply(request));
        } catch (Exception why) { // await throws what the driver failed with, checked or not
            Problem problem = problem(address, why);
            code = problem.code().name();
            return new JsonObject().put("error", error(problem));
        } finally {
            sample.stop(Timer.builder("kurir.member.requests")
                    .tag("address", address)
                    .tag("code", code)
                    .register(registry));
        }
    }

    private static Problem problem(String address, Exception why) {
        if (why instanceof Problem problem) {
            return problem;
        }
        if (why instanceof InterruptedException) {
            return Problem.later(Problem.Code.NOT_AVAILABLE, "This node stops; try again", Duration.ofSeconds(1));
        }
        if (Database.away(why)) {
            return Problem.later(
                    Problem.Code.NOT_AVAILABLE, "The database does not answer; try again", Duration.ofSeconds(2));
        }
        log.error("{} failed", address, why);
        return Problem.of(Problem.Code.INTERNAL_ERROR, "Something went wrong on our side");
    }

    private static JsonObject error(Problem problem) {
        JsonObject error = new JsonObject().put("code", problem.code().name()).put("message", problem.message());
        problem.retryAfter().ifPresent(wait -> error.put("retryAfterMs", wait.toMillis()));
        if (!problem.details().isEmpty()) {
            JsonArray details = new JsonArray();
            problem.details()
                    .forEach(detail -> details.add(
                            new JsonObject().put("field", detail.field()).put("reason", detail.reason())));
            error.put("details", details);
        }
        return error;
    }

    /** One message: what sends many in one request is a job, and has its own way. */
    private static Calls.Call send(String operationId, String many, JsonObject request) {
        if (body(request).containsKey(many)) {
            throw Problem.invalid(many, "is not known");
        }
        if (text(request, "idempotencyKey").isEmpty()) {
            throw Problem.invalid("idempotencyKey", "is missing");
        }
        return call(operationId, request, device(request));
    }

    private static JsonObject device(JsonObject request) {
        return new JsonObject()
                .put(DEVICE, text(request, DEVICE).orElseThrow(() -> Problem.invalid(DEVICE, "is missing")));
    }

    private static Calls.Call call(String operationId, JsonObject request, JsonObject parameters) {
        return new Calls.Call(
                operationId, DOOR, key(request), parameters, body(request), text(request, "idempotencyKey"));
    }

    private static Credentials key(JsonObject request) {
        return new Credentials.Key(text(request, "apiKey").orElseThrow(Authenticator::unauthorized));
    }

    private static Optional<String> text(JsonObject request, String name) {
        return switch (request.getValue(name)) {
            case String text -> Optional.of(text);
            case null -> Optional.empty();
            default -> throw Problem.invalid(name, "must be string");
        };
    }

    private static JsonObject body(JsonObject request) {
        return switch (request.getValue("body")) {
            case JsonObject body -> body;
            case null -> new JsonObject();
            default -> throw Problem.invalid("body", "must be object");
        };
    }

    /** A page of the log after a position; where there is nothing yet, it waits as long as it is asked to. Without a position: where now is. */
    private JsonObject events(Calls calls, JsonObject request) {
        JsonObject body = body(request);
        Calls.Call call = call("listEvents", request, parameters(body));
        Ask ask = calls.ask(call);
        if (call.parameters().getValue("after") == null) {
            return new JsonObject()
                    .put("events", new JsonArray())
                    .put("next", Long.toString(feed.now().await()));
        }
        JsonObject page = calls.data(call);
        long wait = waitMs(body);
        if (!page.getJsonArray("events").isEmpty() || wait == 0) {
            return page;
        }
        long next = Long.parseLong(page.getString("next"));
        await(EventOperations.filter(ask), next, wait);
        JsonObject parameters = call.parameters().copy().put("after", next);
        return calls.data(call("listEvents", request, parameters));
    }

    private static JsonObject parameters(JsonObject body) {
        JsonObject parameters = new JsonObject();
        Optional.ofNullable(body.getValue("devices")).ifPresent(devices -> parameters.put(DEVICE, devices));
        Optional.ofNullable(body.getValue("types")).ifPresent(types -> parameters.put("type", types));
        Optional.ofNullable(body.getValue("limit")).ifPresent(limit -> parameters.put("limit", limit));
        text(body, "after").ifPresent(after -> parameters.put("after", position(after)));
        return parameters;
    }

    private static long position(String text) {
        if (!text.matches("[0-9]{1,18}")) {
            throw Problem.invalid("after", "is no position");
        }
        return Long.parseLong(text);
    }

    private static long waitMs(JsonObject body) {
        return switch (body.getValue("waitMs")) {
            case null -> 0;
            case Integer wait when wait >= 0 && wait <= MOST_WAIT_MS -> wait;
            default -> throw Problem.invalid("waitMs", "must be an integer of 0 to " + MOST_WAIT_MS);
        };
    }

    private void await(EventFeed.Filter filter, long after, long waitMs) {
        Promise<Void> more = Promise.promise();
        EventFeed.Subscription subscription = feed.follow(filter, OptionalLong.of(after), new First(more));
        try {
            more.future()
                    .timeout(waitMs, TimeUnit.MILLISECONDS)
                    .otherwiseEmpty()
                    .await();
        } finally {
            subscription.cancel();
        }
    }

    /** Waits for one stored event. */
    private record First(Promise<Void> more) implements EventFeed.Subscriber {
        @Override
        public boolean on(Event event) {
            return event.position().isEmpty() || !more.tryComplete();
        }

        @Override
        public void reset() {
            more.tryComplete();
        }

        @Override
        public void lost() {
            more.tryComplete();
        }
    }
}
