package io.kurir.trace;

import io.kurir.Settings;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where a node's spans go. Only a request from outside begins a trace; all else goes on with one or is not traced, so that the house's own
 * looking around (leases, sweeps, promotions) makes no noise. Vert.x' own tracing is not used: it would make a span of each SQL statement, and tell
 * the paths and queries of requests, which have phone numbers in them. Safe for all threads.
 */
public final class Traces {
    /** What nobody is told. */
    public static final Traces OFF = new Traces(OpenTelemetry.noop(), () -> {});

    // The process itself gives up after 6 s.
    private static final Duration CLOSING = Duration.ofSeconds(1);

    private final Tracer tracer;
    private final Runnable closing;

    private Traces(OpenTelemetry telemetry, Runnable closing) {
        this.tracer = telemetry.getTracer("io.kurir");
        this.closing = closing;
    }

    /** To an SDK that is made already; {@link #close} ends it. */
    public Traces(OpenTelemetrySdk sdk) {
        this(sdk, () -> sdk.shutdown().join(CLOSING.toMillis(), TimeUnit.MILLISECONDS));
    }

    /**
     * To the collector that the operator named, by OTLP over HTTP; {@link #OFF}, and nothing of the SDK is made, where none was. OpenTelemetry's own
     * variables ({@code OTEL_TRACES_SAMPLER}, {@code OTEL_EXPORTER_OTLP_HEADERS} …) mean what they mean, but for those that name other hosts.
     */
    public static Traces open(Settings.Tracing settings, String node) {
        return settings.endpoint()
                .map(endpoint -> new Traces(sdk(endpoint, node)))
                .orElse(OFF);
    }

    private static OpenTelemetrySdk sdk(URI endpoint, String node) {
        String base = endpoint.toString().replaceFirst("/+$", "");
        Map<String, String> settled = Map.of(
                "otel.traces.exporter", "otlp",
                "otel.metrics.exporter", "none",
                "otel.logs.exporter", "none",
                "otel.exporter.otlp.traces.protocol", "http/protobuf",
                "otel.exporter.otlp.traces.endpoint", base + "/v1/traces");
        return AutoConfiguredOpenTelemetrySdk.builder()
                .addPropertiesSupplier(() -> Map.of("otel.service.name", "kurir"))
                .addPropertiesCustomizer(_ -> settled)
                .addResourceCustomizer((resource, _) ->
                        resource.toBuilder().put("service.instance.id", node).build())
                .disableShutdownHook()
                .build()
                .getOpenTelemetrySdk();
    }

    /** A request from outside: goes on with the caller's trace, or begins one. */
    public Span begin(String operation, Optional<String> traceparent) {
        return start(operation, SpanKind.SERVER, traceparent.map(Traces::read).orElseGet(Context::root));
    }

    /** A request from another node, or from a program that traces. */
    public Span serve(String name, Optional<String> traceparent) {
        return traceparent
                .map(parent -> after(name, SpanKind.SERVER, read(parent)))
                .orElse(Span.NONE);
    }

    /** Work that was put down earlier, maybe by another node. */
    public Span take(String name, Optional<String> traceparent) {
        return traceparent
                .map(parent -> after(name, SpanKind.CONSUMER, read(parent)))
                .orElse(Span.NONE);
    }

    /** Puts work down; below the span that this thread is within. */
    public Span put(String name) {
        return after(name, SpanKind.PRODUCER, Context.current());
    }

    /** Asks somebody, below the span that this thread is within. */
    public Span ask(String name) {
        return after(name, SpanKind.CLIENT, Context.current());
    }

    /** Asks somebody, as a part of {@code parent}. */
    public Span ask(Span parent, String name) {
        return after(name, SpanKind.CLIENT, parent.context());
    }

    private Span after(String name, SpanKind kind, Context parent) {
        return io.opentelemetry.api.trace.Span.fromContext(parent)
                        .getSpanContext()
                        .isValid()
                ? start(name, kind, parent)
                : Span.NONE;
    }

    private Span start(String name, SpanKind kind, Context parent) {
        return Span.of(
                tracer.spanBuilder(name).setParent(parent).setSpanKind(kind).startSpan());
    }

    /** Nothing but the root where it is not well-formed. */
    private static Context read(String traceparent) {
        return W3CTraceContextPropagator.getInstance().extract(Context.root(), traceparent, Header.INSTANCE);
    }

    private enum Header implements TextMapGetter<String> {
        INSTANCE;

        @Override
        public Iterable<String> keys(String carrier) {
            return List.of(Span.HEADER);
        }

        @Override
        public @Nullable String get(@Nullable String carrier, String key) {
            return key.equals(Span.HEADER) ? carrier : null;
        }
    }

    /** Sends what is left, for a second at most; blocks. */
    public void close() {
        closing.run();
    }
}
