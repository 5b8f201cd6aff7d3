package io.kurir.whatsapp;

import java.util.Optional;

/** A command was not answered. With {@code TIMEOUT} and {@code GONE} nobody knows whether the page has acted. */
public final class PageException extends RuntimeException {

    /** What is known about a command that failed. */
    public enum Kind {
        TIMEOUT,
        GONE,
        /** The page's epoch or deadline forbids it; it did not act. */
        FENCED,
        /** The page refused or threw; it did not act. */
        FAILED,
        /** WhatsApp does not allow it; {@link #refusal} says why. */
        REFUSED
    }

    private final Kind kind;
    private final transient Optional<Request.Refusal> refusal;

    public PageException(Kind kind, String message) {
        this(kind, Optional.empty(), message);
    }

    private PageException(Kind kind, Optional<Request.Refusal> refusal, String message) {
        super(message);
        this.kind = kind;
        this.refusal = refusal;
    }

    public static PageException refused(Request.Refusal refusal, String message) {
        return new PageException(Kind.REFUSED, Optional.of(refusal), message);
    }

    public Kind kind() {
        return kind;
    }

    /** There for {@code REFUSED} only. */
    public Optional<Request.Refusal> refusal() {
        return refusal;
    }
}
