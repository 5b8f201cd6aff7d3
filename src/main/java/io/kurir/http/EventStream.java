package io.kurir.http;

import io.kurir.access.Caller;
import io.kurir.event.Event;
import io.kurir.event.EventFeed;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open {@code GET /api/events}: events as lines, a comment every 15 s so that proxies keep it open, an end when the login ends.
 *
 * <p>A client that reads too slowly is not buffered for: when the write queue is full the subscription ends, and starts again after the
 * last event written once the queue has drained, so nothing stored is skipped (what is live only is). One that has not read for 30 s is
 * dropped: a notice and the end are put behind what is buffered. It has 30 s more to read them, then its connection is cut, so that nobody
 * holds 256 KiB of ours for longer than a minute. It comes back and resumes by {@code Last-Event-ID}; the log tells the operator.
 *
 * <p>All state is guarded by {@code this}: events come on the feed's thread, timers and drains on the connection's.
 */
final class EventStream implements EventFeed.Subscriber {
    private static final Logger log = LoggerFactory.getLogger(EventStream.class);
    private static final long HEARTBEAT_MILLIS = 15_000;
    private static final long PROOF_MILLIS = 5_000;
    private static final int QUEUE_BYTES = 256 * 1024;

    /** A QR text links the device to whoever scans it. */
    private static final Set<String> SECRETS = Set.of("qr-code");

    private final Vertx vertx;
    private final EventFeed feed;
    private final EventFeed.Filter filter;
    private final boolean mayManage;
    private final Supplier<Caller> proof;
    private final Patience patience;
    private final HttpServerResponse response;
    private final HttpConnection connection;
    private final Consumer<EventStream> ended;

    private OptionalLong position;
    private EventFeed.Subscription subscription = () -> {};
    private boolean closed;
    private boolean stalled;
    private boolean greeted;
    private final long[] timers = {-1, -1, -1};

    /**
     * With who does not read.
     *
     * @param stalled from when the buffer is full until the stream is dropped
     * @param drained from its end until the connection is cut
     */
    record Patience(Duration stalled, Duration drained) {
        static final Patience USUAL = new Patience(Duration.ofSeconds(30), Duration.ofSeconds(30));
    }

    /** {@code ended} hears when nothing more is written. */
    EventStream(
            Vertx vertx,
            EventFeed feed,
            EventFeed.Filter filter,
            OptionalLong after,
            Ask ask,
            Patience patience,
            HttpServerResponse response,
            HttpConnection connection,
            Consumer<EventStream> ended) {
        this.vertx = vertx;
        this.feed = feed;
        this.filter = filter;
        this.position = after;
        this.mayManage = ask.caller().scopes().contains(Caller.Scope.MANAGE);
        this.proof = ask.proof();
        this.patience = patience;
        this.response = response;
        this.connection = connection;
        this.ended = ended;
    }

    synchronized void open() {
        Context context = vertx.getOrCreateContext();
        response.putHeader("X-Accel-Buffering", "no"); // nginx would hold events back
        response.setWriteQueueMaxSize(QUEUE_BYTES);
        response.closeHandler(_ -> close());
        response.exceptionHandler(_ -> close());
        response.drainHandler(_ -> context.runOnContext(_ -> resume()));
        timers[0] = vertx.setPeriodic(HEARTBEAT_MILLIS, _ -> beat());
        timers[1] = vertx.setPeriodic(PROOF_MILLIS, _ -> prove());
        subscription = feed.follow(filter, position, this);
    }

    /** Greets when nothing can be missed any more: who has read it and then acts is told of what comes of it. */
    @Override
    public synchronized void placed() {
        if (!greeted && !closed) {
            greeted = true;
            write("data: {\"type\":\"connected\",\"at\":\"" + Timestamps.write(Instant.now()) + "\"}\n\n");
        }
    }

    @Override
    public synchronized boolean on(Event event) {
        if (closed || stalled) {
            return false;
        }
        if (response.writeQueueFull()) {
            stalled = true;
            timers[2] = vertx.setTimer(patience.stalled().toMillis(), _ -> drop());
            return false;
        }
        if (mayManage || !SECRETS.contains(event.type())) {
            write(lines(event));
        }
        if (event.position().isPresent()) {
            position = event.position();
        }
        return true;
    }

    @Override
    public synchronized void reset() {
        write("data: {\"type\":\"reset\",\"at\":\"" + Timestamps.write(Instant.now()) + "\"}\n\n");
    }

    /** Ended, so that the client comes back and resumes where it was. */
    @Override
    public synchronized void lost() {
        if (!closed) {
            end();
        }
    }

    private void end() {
        close();
        long cut = vertx.setTimer(patience.drained().toMillis(), _ -> Cut.off(connection));
        response.end().onComplete(_ -> vertx.cancelTimer(cut));
    }

    private synchronized void resume() {
        if (closed || !stalled) {
            return;
        }
        stalled = false;
        vertx.cancelTimer(timers[2]);
        subscription.cancel();
        subscription = feed.follow(filter, position, this);
    }

    private synchronized void beat() {
        if (!closed && !response.writeQueueFull()) {
            write(": still here\n\n");
        }
    }

    /** Ends with the login, or with the key: a token that was good when the stream was opened is not good for ever. So with what it reaches. */
    private void prove() {
        try {
            if (!proof.get().reach().equals(filter.reach())) {
                log.debug("An event stream ends: its caller reaches other devices now");
                lost();
            }
        } catch (Problem ended) {
            log.debug("An event stream ends with its login");
            lost();
        } catch (Exception e) { // await throws what the driver failed with, checked or not
            log.warn("Whether an event stream's login has ended is not known now: {}", e.getMessage());
        }
    }

    private synchronized void drop() {
        if (closed || !stalled) {
            return; // it has begun to read while this was on its way
        }
        log.info("An event stream was dropped: its client has not read for {}", patience.stalled());
        JsonObject notice = new JsonObject()
                .put("type", "dropped")
                .put("at", Timestamps.write(Instant.now()))
                .put(
                        "reason",
                        "not read for " + patience.stalled().toSeconds()
                                + " s; come back with Last-Event-ID and nothing stored is lost");
        write("data: " + notice.encode() + "\n\n");
        end();
    }

    private synchronized void close() {
        if (!closed) {
            closed = true;
            ended.accept(this);
            subscription.cancel();
            for (long timer : timers) {
                vertx.cancelTimer(timer);
            }
        }
    }

    private void write(String text) {
        response.write(text);
    }

    private static String lines(Event event) {
        JsonObject json = new JsonObject().put("type", event.type()).put("deviceId", event.deviceId());
        if (event.seq() > 0) {
            json.put("seq", event.seq());
        }
        json.put("at", Timestamps.write(event.at())).mergeIn(event.data().copy());
        String id = event.position().isPresent() ? "id: " + event.position().getAsLong() + "\n" : "";
        return older(event, json) + id + "data: " + json.encode() + "\n\n";
    }

    /**
     * As 003's clients know it: before the event and without an id, so that who resumes gets both again or neither; without a {@code seq}, which counts
     * events.
     */
    private static String older(Event event, JsonObject json) {
        if (event.type().equals("device-status")) {
            JsonObject status = new JsonObject()
                    .put("type", "whatsapp-status")
                    .put("deviceId", event.deviceId())
                    .put("at", json.getString("at"))
                    .put("data", event.data());
            return "data: " + status.encode() + "\n\n";
        }
        boolean delivered = event.type().equals("message.status")
                && "delivered".equals(event.data().getString("status"));
        if (!delivered) {
            return "";
        }
        JsonObject older = json.copy().put("type", "message.delivered");
        older.remove("seq");
        return "data: " + older.encode() + "\n\n";
    }
}
