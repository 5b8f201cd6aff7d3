package io.kurir.agent;

import io.kurir.http.Problem;
import java.time.Duration;

/** What came of one call. */
sealed interface Heard {

    /** An answer; a blank {@code reply}: the endpoint has nothing to say, and nothing is sent. */
    record Said(String reply, Duration latency) implements Heard {}

    /** {@code why} is for the owner of the device and for the developer. */
    record Failed(Fault fault, String why, Duration latency) implements Heard {
        Problem problem() {
            return Problem.of(fault.code, "The agent's endpoint: " + why);
        }
    }

    /** In what way. */
    enum Fault {
        /** Not reached, or not to be called at all. */
        UNREACHABLE(Problem.Code.BAD_GATEWAY, true, true),
        /** Said that it cannot now: 502, 503, 504. */
        BUSY(Problem.Code.AI_DOWNSTREAM_ERROR, true, true),
        /** Said that we ask too much of it: 408, 429. */
        LATER(Problem.Code.AI_DOWNSTREAM_ERROR, false, true),
        /** Said that we ask wrongly: any other 4xx, such as 401 for a wrong key. */
        REFUSED(Problem.Code.AI_DOWNSTREAM_ERROR, false, false),
        /** Not repeated: who has waited for a minute is not made to wait for three. */
        TIMEOUT(Problem.Code.AI_TIMEOUT, true, false),
        /** An answer that is none. */
        UNUSABLE(Problem.Code.AI_DOWNSTREAM_ERROR, false, false);

        private final Problem.Code code;
        private final boolean away;
        private final boolean passing;

        Fault(Problem.Code code, boolean away, boolean passing) {
            this.code = code;
            this.away = away;
            this.passing = passing;
        }

        /** Nobody was there who could have answered. */
        boolean away() {
            return away;
        }

        /** It is no trouble of the endpoint's: it is there, and answers others. */
        boolean ours() {
            return this == LATER || this == REFUSED;
        }

        /** A second call may be answered. */
        boolean passing() {
            return passing;
        }

        String word() {
            return code.name();
        }
    }

    Duration latency();
}
