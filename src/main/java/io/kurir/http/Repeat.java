package io.kurir.http;

import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Optional;

/**
 * What the repeat of a request gets that has the same idempotency key. An operation takes such a key when it has the parameter {@value #HEADER};
 * {@code x-repeat} says what it does with it.
 */
enum Repeat {
    /** The operation runs again under the same names, finds what was made, and answers how it is now. */
    STATE,
    /** The answer of the first, word for word. One that crashed before it answered runs again: twice has the same effect as once. */
    ANSWER,
    /** Likewise, but one that crashed cannot be run again, nor can it be known what it did: {@code OUTCOME_UNKNOWN}. */
    ONCE;

    static final String HEADER = "Idempotency-Key";

    static Optional<Repeat> of(JsonObject operation, java.util.List<Contract.Parameter> parameters) {
        return parameters.stream()
                .filter(parameter -> parameter.name().equals(HEADER))
                .findFirst()
                .map(_ -> valueOf(operation.getString("x-repeat", "answer").toUpperCase(Locale.ROOT)));
    }
}
