package io.kurir.bus;

import io.kurir.http.Problem;
import java.time.Duration;
import java.util.List;

/** A {@link Problem} on the wire; {@code retryAfterMs} is 0 where none was said. */
record Refusal(Problem.Code code, String message, List<Problem.Detail> details, long retryAfterMs) {

    static Refusal of(Problem problem) {
        return new Refusal(
                problem.code(),
                problem.message(),
                problem.details(),
                problem.retryAfter().map(Duration::toMillis).orElse(0L));
    }

    Problem problem() {
        if (!details.isEmpty()) {
            return Problem.invalid(details);
        }
        return retryAfterMs == 0
                ? Problem.of(code, message)
                : Problem.later(code, message, Duration.ofMillis(retryAfterMs));
    }
}
