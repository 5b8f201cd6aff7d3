package io.kurir.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.metrics.MetricsOptions;
import io.vertx.ext.web.RoutingContext;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.util.EnumSet;
import java.util.concurrent.TimeUnit;

/** The meters of this node: the JVM's, Vert.x's, and those that features add to {@link #registry}. Safe for all threads. */
public final class Metrics {
    private static final int FAULT = 500;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Counter errors;

    @SuppressWarnings("resource") // lives as long as the JVM
    public Metrics() {
        new ClassLoaderMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmGcMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        this.errors = Counter.builder("errors").register(registry);
    }

    /** Where a feature registers its counters: {@code kurir_…}. */
    public MeterRegistry registry() {
        return registry;
    }

    /** For {@code Vertx.builder().withMetrics(…)}: event bus, pools and clients in the same registry. */
    public MicrometerMetricsFactory factory() {
        return new MicrometerMetricsFactory(registry);
    }

    /** For {@code VertxOptions}; without labels that grow with what clients ask for, such as paths. */
    public static MetricsOptions options() {
        return new MicrometerMetricsOptions()
                .setEnabled(true)
                .setLabels(EnumSet.of(io.vertx.micrometer.Label.POOL_NAME, io.vertx.micrometer.Label.POOL_TYPE));
    }

    String scrape() {
        return registry.scrape();
    }

    /**
     * {@code kurir_http_requests_seconds} per operation and status, when the response has ended; what failed on our side counts in {@code errors_total}, as
     * 004 has it, with the messages that failed.
     */
    void time(RoutingContext ctx, String operationId) {
        long start = System.nanoTime();
        ctx.addEndHandler(_ -> {
            int status = ctx.response().getStatusCode();
            Timer.builder("kurir.http.requests")
                    .tag("operation", operationId)
                    .tag("status", String.valueOf(status))
                    .register(registry)
                    .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            if (status >= FAULT) {
                errors.increment();
            }
        });
    }
}
