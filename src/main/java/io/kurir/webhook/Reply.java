package io.kurir.webhook;

import java.time.Duration;
import java.util.Optional;

/** What came of one call. */
sealed interface Reply {

    /** An answer; {@code beginning}: at most 1 KiB of its body. */
    record Answered(int status, String beginning, Duration latency) implements Reply {}

    /** No answer; {@code why} is for the owner of the webhook. */
    record Unreachable(String why, Duration latency) implements Reply {}

    Duration latency();

    default boolean taken() {
        return switch (this) {
            case Answered answer -> answer.status() / 100 == 2;
            case Unreachable _ -> false;
        };
    }

    /** Whether nobody was there who could have taken it, as opposed to somebody who would not. */
    default boolean away() {
        return switch (this) {
            case Answered answer ->
                switch (answer.status()) {
                    case 408, 429, 502, 503, 504 -> true;
                    default -> false;
                };
            case Unreachable _ -> true;
        };
    }

    default Optional<Integer> code() {
        return switch (this) {
            case Answered answer -> Optional.of(answer.status());
            case Unreachable _ -> Optional.empty();
        };
    }

    default Optional<String> body() {
        return switch (this) {
            case Answered answer -> Optional.of(answer.beginning());
            case Unreachable _ -> Optional.empty();
        };
    }

    /** Why it was not taken; empty when it was. */
    default Optional<String> error() {
        return switch (this) {
            case Answered answer -> taken() ? Optional.empty() : Optional.of("answered " + answer.status());
            case Unreachable unreachable -> Optional.of(unreachable.why());
        };
    }
}
