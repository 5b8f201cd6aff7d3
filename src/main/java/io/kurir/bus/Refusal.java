package io.kurir.bus;

import io.kurir.http.Problem;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** A {@link Problem} on the wire; {@code retryAfterMs} is 0 where none was said. The code is text: a later release may have more of them. */
record Refusal(String code, String message, List<Problem.Detail> details, long retryAfterMs) {

    static Refusal of(Problem problem) {
        return new Refusal(
                problem.code().name(),
                problem.message(),
                problem.details(),
                problem.retryAfter().map(Duration::toMillis).orElse(0L));
    }

    Problem problem() {
        Problem.Code known = Arrays.stream(Problem.Code.values())
                .filter(each -> each.name().equals(code))
                .findFirst()
                .orElse(Problem.Code.INTERNAL_ERROR);
        if (!details.isEmpty()) {
            Problem.Detail first = details.getFirst();
            return known == Problem.Code.INVALID_PAYLOAD
                    ? Problem.invalid(details)
                    : Problem.about(known, first.field(), first.reason());
        }
        return retryAfterMs == 0
                ? Problem.of(known, message)
                : Problem.later(known, message, Duration.ofMillis(retryAfterMs));
    }
}
