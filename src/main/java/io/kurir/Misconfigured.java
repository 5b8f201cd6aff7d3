package io.kurir;

/** A start that cannot go on as it was asked for; the message is the one sentence that the operator is to read. */
public final class Misconfigured extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Misconfigured(String sentence) {
        super(sentence);
    }
}
