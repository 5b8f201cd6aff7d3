package io.kurir.whatsapp;

import io.kurir.simulator.Simulator;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** The simulated network at the other end of a WhatsApp under test, with short delays. */
public final class Rig implements AutoCloseable {
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    public final Vertx vertx = Vertx.vertx();
    private final Simulator simulator;

    public Rig() {
        this.simulator = get(Simulator.start(vertx, new Simulator.Options("127.0.0.1", 0, Optional.empty())));
        knobs(new JsonObject().put("syncDelayMs", 50).put("deliverMs", 20).put("readMs", 40));
    }

    public URI url() {
        return URI.create(simulator.url());
    }

    public JsonObject api(String method, String path, JsonObject body) {
        return get(simulator.control(method, path, body));
    }

    public JsonObject api(String method, String path) {
        return api(method, path, new JsonObject());
    }

    public void knobs(JsonObject knobs) {
        api("PUT", "/api/knobs", knobs);
    }

    /** Misbehaviour of one phone only. */
    public void knobs(String phone, JsonObject knobs) {
        api("POST", "/api/phones", new JsonObject().put("phone", phone).put("knobs", knobs));
    }

    /** What one phone shows of its conversation with another. */
    public JsonArray messages(String owner, String other) {
        return api("GET", "/api/phones/" + owner + "/messages?peer=" + other).getJsonArray("messages");
    }

    public int submissions(String stanzaId) {
        return api("GET", "/api/submissions?id=" + stanzaId)
                .getJsonArray("submissions")
                .size();
    }

    /** Somebody writes. @return the stanza id */
    public String write(String from, String to, String text) {
        JsonObject message = new JsonObject().put("to", to).put("text", text);
        return api("POST", "/api/phones/" + from + "/messages", message).getString("id");
    }

    public JsonObject sockets(String phone) {
        return api("GET", "/api/phones/" + phone + "/sockets");
    }

    /** Polls a fact; fails when it does not come true in time. */
    public static void await(String fact, BooleanSupplier holds) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("did not happen: " + fact);
            }
            pause();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(10);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    /** The result, or its failure unwrapped. */
    public static <T> T get(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException fault) {
                throw fault;
            }
            throw new AssertionError(failed.getCause());
        } catch (InterruptedException | TimeoutException never) {
            throw new AssertionError(never);
        }
    }

    @Override
    public void close() {
        get(simulator.close());
        get(vertx.close());
    }
}
