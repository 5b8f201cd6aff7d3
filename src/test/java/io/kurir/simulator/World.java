package io.kurir.simulator;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** A running simulator with short waits, and the control plane in a test's words. */
final class World implements AutoCloseable {
    final Vertx vertx = Vertx.vertx();
    final Simulator simulator;

    World(Simulator.Options options) {
        simulator = await(Simulator.start(vertx, options));
        put("/api/knobs", new JsonObject().put("deliverMs", 1).put("readMs", 2));
    }

    World() {
        this(new Simulator.Options());
    }

    static <T> T await(io.vertx.core.Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
        } catch (InterruptedException | TimeoutException e) {
            throw new IllegalStateException(e);
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(String.valueOf(e.getCause()), e);
        }
    }

    JsonObject get(String path) {
        return await(simulator.control("GET", path, new JsonObject()));
    }

    JsonObject post(String path, JsonObject body) {
        return await(simulator.control("POST", path, body));
    }

    JsonObject put(String path, JsonObject body) {
        return await(simulator.control("PUT", path, body));
    }

    void knob(String name, Object value) {
        put("/api/knobs", new JsonObject().put(name, value));
    }

    /** Links a new page to the phone and gives its token. */
    String link(String phone) {
        try (Page page = Page.open(simulator)) {
            page.call("hello", new JsonObject().putNull("token"));
            String ref = page.push("ref").getString("ref");
            post("/api/phones/" + phone + "/scan", new JsonObject().put("qr", ref + ",a,b,c"));
            return page.push("paired").getString("token");
        }
    }

    Page linked(String phone) {
        return Page.login(simulator, link(phone));
    }

    List<JsonObject> messages(String phone, String query) {
        return objects(get("/api/phones/" + phone + "/messages" + query).getJsonArray("messages"));
    }

    List<JsonObject> submissions(String query) {
        return objects(get("/api/submissions" + query).getJsonArray("submissions"));
    }

    static List<JsonObject> objects(JsonArray array) {
        return array.stream().map(JsonObject.class::cast).toList();
    }

    /** Waits for a fact, at most 3 s. */
    static void until(String fact, BooleanSupplier holds) {
        long deadline = System.nanoTime() + Duration.ofSeconds(3).toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within 3 s: " + fact);
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        await(vertx.close());
    }
}
