package io.kurir.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.Settings;
import io.kurir.agent.Responder.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The operator's endpoint may be on this machine; one that a caller gives may not, even if it is the same. */
class EndpointsTest {
    private static final Vertx VERTX = Vertx.vertx();

    private final Brain brain = new Brain(VERTX);
    private final Endpoints endpoints = new Endpoints(
            VERTX,
            new Settings.Agent(
                    Optional.of(URI.create(brain.url()).resolve("/ai/")),
                    Optional.empty(),
                    Duration.ofMinutes(10),
                    Duration.ofSeconds(5),
                    10,
                    List.of(),
                    8,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(5),
                    Duration.ofMinutes(5)));

    @AfterAll
    static void close() throws Exception {
        get(VERTX.close());
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private Heard ask(Endpoint endpoint) throws Exception {
        Responder responder = new Responder("x", endpoint, Optional.empty(), "", new JsonObject(), Optional.empty());
        Question question =
                new Question("shop", "hi", "62812@c.us", Optional.empty(), "", "62812@c.us", "", Optional.empty());
        return get(endpoints.ask(responder, question, "trace"));
    }

    @Test
    void theDefaultIsNamedByTheAgentAndCalledWhereverItIs() throws Exception {
        Endpoint own = endpoints.of("shop 1/a", Optional.empty()).orElseThrow();
        assertThat(own.url()).endsWith("/ai/agents/shop%201%2Fa/execute");
        assertThat(ask(own))
                .isInstanceOfSatisfying(
                        Heard.Said.class, said -> assertThat(said.reply()).isEqualTo("re: hi"));
        Endpoint given = endpoints.of("shop", Optional.of(own.url())).orElseThrow();
        assertThat(ask(given))
                .isInstanceOfSatisfying(
                        Heard.Failed.class,
                        failed -> assertThat(failed.why()).isEqualTo("the URL leads to an address that is not public"));
        assertThat(brain.asked).hasSize(1);
    }
}
