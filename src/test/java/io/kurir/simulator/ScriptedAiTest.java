package io.kurir.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The endpoint that the demo's agent asks. */
class ScriptedAiTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static Simulator simulator;

    @BeforeAll
    static void open() throws Exception {
        simulator = Simulator.start(VERTX, new Simulator.Options())
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }

    @AfterAll
    static void close() throws Exception {
        VERTX.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static HttpResponse<String> ask(String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(simulator.url()).resolve(path))
                .POST(BodyPublishers.ofString(body))
                .build();
        return CLIENT.send(request, BodyHandlers.ofString());
    }

    private static HttpResponse<String> told(String input) throws Exception {
        return ask(
                "/ai/agents/demo-1/execute",
                new JsonObject().put("input", input).encode());
    }

    @Test
    void saysWhatItWasToldOrMisbehavesAsOrdered() throws Exception {
        assertThat(new JsonObject(told("hello").body())).isEqualTo(new JsonObject().put("reply", "You said: hello"));
        assertThat(new JsonObject(told("!silent").body()).getString("reply")).isEmpty();
        assertThat(told("!status 503").statusCode()).isEqualTo(503);
        assertThat(told("!garbage").body()).isEqualTo("this is no JSON");
        long begin = System.nanoTime();
        assertThat(new JsonObject(told("!slow 1").body()).getString("reply")).isEqualTo("That took 1 s");
        assertThat(System.nanoTime() - begin).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(900));
        assertThat(ask("/ai/agents/demo-1/execute", "[]").statusCode()).isEqualTo(400);
        assertThat(ask("/ai/elsewhere", "{}").statusCode()).isEqualTo(404);
    }
}
