package io.kurir.trace;

import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A stretch of a trace that is under way; {@link #NONE} where nothing is traced, which takes everything and does nothing. What it says is for a
 * collector that may be somebody else's: ids, names of ours and numbers, never a phone number, a text or an exception's message. Safe for all threads.
 */
public final class Span {
    /** The header, of HTTP and of the bus, that carries {@link #traceparent}. */
    public static final String HEADER = "traceparent";

    public static final Span NONE = new Span(io.opentelemetry.api.trace.Span.getInvalid(), Context.root());

    private final io.opentelemetry.api.trace.Span span;
    private final Context context;

    private Span(io.opentelemetry.api.trace.Span span, Context context) {
        this.span = span;
        this.context = context;
    }

    /** What is not recorded, because tracing is off or the trace was not chosen, costs nothing from here on. */
    static Span of(io.opentelemetry.api.trace.Span span) {
        return span.isRecording() ? new Span(span, Context.root().with(span)) : NONE;
    }

    /** The one that this thread is {@link #within}. To be asked before the first callback, which comes on another thread. */
    public static Span current() {
        return of(io.opentelemetry.api.trace.Span.current());
    }

    Context context() {
        return context;
    }

    /** Runs {@code deed} on this thread as a part of this span: what it asks on the bus and of pages is traced below it. */
    public <T> T within(Supplier<T> deed) {
        if (this == NONE) {
            return deed.get();
        }
        try (Scope _ = context.makeCurrent()) {
            return deed.get();
        }
    }

    /** What another JVM, or this one later, needs to go on with the trace: W3C's {@code traceparent}. Empty where nothing is recorded. */
    public Optional<String> traceparent() {
        SpanContext self = span.getSpanContext();
        return this == NONE
                ? Optional.empty()
                : Optional.of("00-" + self.getTraceId() + "-" + self.getSpanId() + "-"
                        + self.getTraceFlags().asHex());
    }

    public Span with(String name, String value) {
        span.setAttribute(name, value);
        return this;
    }

    public Span with(String name, long value) {
        span.setAttribute(name, value);
        return this;
    }

    public void happened(String what) {
        span.addEvent(what);
    }

    /** {@code type}: one of few words. */
    public void failed(String type) {
        span.setAttribute("error.type", type);
        span.setStatus(StatusCode.ERROR);
    }

    /** A second time is no harm. */
    public void end() {
        span.end();
    }

    /** Ends with {@code deed}. */
    public <T> Future<T> until(Future<T> deed) {
        return deed.onComplete(done -> {
            if (done.failed()) {
                failed(done.cause().getClass().getSimpleName());
            }
            end();
        });
    }
}
