package io.kurir.whatsapp;

/** A command was not answered. With {@code TIMEOUT} and {@code GONE} nobody knows whether the page has acted. */
public final class PageException extends RuntimeException {

    /** What is known about a command that failed. */
    public enum Kind {
        TIMEOUT,
        GONE,
        /** The page's epoch or deadline forbids it; it did not act. */
        FENCED,
        /** The page refused or threw; it did not act. */
        FAILED
    }

    private final Kind kind;

    public PageException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
