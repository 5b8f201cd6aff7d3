package io.kurir.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.Settings;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class TracesTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final Optional<String> CALLER = Optional.of("00-" + TRACE + "-b7ad6b7169203331-01");

    private static long exporting() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("BatchSpanProcessor"))
                .count();
    }

    @Test
    void withoutACollectorNothingIsMade() {
        long before = exporting();
        Traces none = Traces.open(new Settings.Tracing(Optional.empty()), "node-1");
        assertThat(none).isSameAs(Traces.OFF);
        assertThat(exporting()).isEqualTo(before);
        // also where the caller traces: nothing is kept with the message, nothing is said on the bus
        assertThat(none.begin("sendMessage", CALLER)).isSameAs(Span.NONE);
        assertThat(none.serve("serve", CALLER)).isSameAs(Span.NONE);
        assertThat(none.take("dispatch", CALLER)).isSameAs(Span.NONE);
        assertThat(Span.NONE.traceparent()).isEmpty();
    }

    @Test
    void onlyTheCollectorThatWasNamedIsCalled() {
        Vertx vertx = Vertx.vertx();
        List<String> called = new CopyOnWriteArrayList<>();
        try {
            HttpServer collector = vertx.createHttpServer()
                    .requestHandler(request -> {
                        called.add(request.method() + " " + request.path());
                        request.response().end();
                    })
                    .listen(0, "127.0.0.1")
                    .await();
            URI endpoint = URI.create("http://127.0.0.1:" + collector.actualPort() + "/");
            Traces traces = Traces.open(new Settings.Tracing(Optional.of(endpoint)), "node-1");
            Span request = traces.begin("sendMessage", CALLER);
            assertThat(request.traceparent().orElseThrow()).matches("00-" + TRACE + "-[0-9a-f]{16}-01");
            request.end();
            traces.close();
            // close waits for a second at most, which a busy machine may need for itself
            await().untilAsserted(() -> assertThat(called).containsExactly("POST /v1/traces"));
        } finally {
            vertx.close().await();
        }
    }

    @Test
    void onlyARequestFromOutsideBeginsATrace() {
        Traces traces = Traces.open(new Settings.Tracing(Optional.of(URI.create("http://127.0.0.1:1"))), "node-1");
        try {
            assertThat(traces.ask("ask")).isSameAs(Span.NONE);
            assertThat(traces.put("put")).isSameAs(Span.NONE);
            assertThat(traces.serve("serve", Optional.empty())).isSameAs(Span.NONE);
            assertThat(traces.take("take", Optional.empty())).isSameAs(Span.NONE);
            assertThat(traces.take("take", Optional.of("no traceparent"))).isSameAs(Span.NONE);
            Span request = traces.begin("sendMessage", Optional.of("no traceparent"));
            assertThat(request.traceparent()).isPresent();
            assertThat(request.within(() -> traces.ask("ask").traceparent())).isPresent();
        } finally {
            traces.close();
        }
    }

    @Test
    void whatTheCallerDoesNotRecordIsNotRecorded() {
        Traces traces = Traces.open(new Settings.Tracing(Optional.of(URI.create("http://127.0.0.1:1"))), "node-1");
        try {
            Optional<String> unsampled = CALLER.map(sampled -> sampled.replaceFirst("01$", "00"));
            assertThat(traces.begin("sendMessage", unsampled)).isSameAs(Span.NONE);
        } finally {
            traces.close();
        }
    }
}
