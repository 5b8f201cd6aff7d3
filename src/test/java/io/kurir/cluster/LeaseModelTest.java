package io.kurir.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The protocol of {@link Leases} under everything that {@link LeaseWorld} can do to it, four minutes of three nodes in each run: never can two owners
 * send, and nothing moves because of the database or a clock alone. {@link Holdings}, {@link Trust} and {@link Watch} are the real ones; the
 * table, the page and what surrounds them are models. About 10 s; {@code -Dkurir.lease.runs=100000} for more, {@code -Dkurir.lease.seed=…}
 * to begin elsewhere.
 */
class LeaseModelTest {
    private static final int RUNS = Integer.getInteger("kurir.lease.runs", 1_500);
    private static final long SEED = Long.getLong("kurir.lease.seed", System.nanoTime());
    /** Within so many runs every flaw is found, beginning with the same seed each time. */
    private static final int FLAWED = 5_000;

    private static final int SHOWN = 60;

    @Test
    void neverCanTwoOwnersSendAndNothingMovesForNothing() {
        System.out.println(
                "LeaseModelTest: " + RUNS + " runs from seed " + SEED + " (-Dkurir.lease.seed=" + SEED + ")");
        Map<LeaseTable.Way, Integer> taken = new EnumMap<>(LeaseTable.Way.class);
        for (long seed = SEED; seed < SEED + RUNS; seed++) {
            try {
                run(seed, Flaw.NONE, Optional.empty()).forEach((way, count) -> taken.merge(way, count, Integer::sum));
            } catch (LeaseWorld.Violation violation) {
                fail(violation.getMessage() + ", seed " + seed + story(seed, Flaw.NONE));
            }
        }
        System.out.println("LeaseModelTest: leases taken " + taken);
        // a check in which nothing happens finds nothing
        assertThat(taken)
                .containsOnlyKeys(
                        LeaseTable.Way.NEW,
                        LeaseTable.Way.FREE,
                        LeaseTable.Way.KEPT,
                        LeaseTable.Way.OWN,
                        LeaseTable.Way.WATCHED);
    }

    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void everyFlawIsFound(Flaw flaw) {
        for (int run = 1; run <= FLAWED; run++) {
            try {
                run(run, flaw, Optional.empty());
            } catch (LeaseWorld.Violation found) {
                System.out.println("LeaseModelTest: " + flaw + " found in run " + run + ": " + found.getMessage());
                return;
            }
        }
        fail(flaw + " was not found in " + FLAWED + " runs");
    }

    /** Every other run is a calm one. */
    private static Map<LeaseTable.Way, Integer> run(long seed, Flaw flaw, Optional<List<String>> notes) {
        return new LeaseWorld(seed, flaw, seed % 2 == 0, notes).run();
    }

    private static String story(long seed, Flaw flaw) {
        List<String> notes = new ArrayList<>();
        try {
            run(seed, flaw, Optional.of(notes));
        } catch (LeaseWorld.Violation again) {
            notes.add(String.valueOf(again.getMessage()));
        }
        return "\n" + String.join("\n", notes.subList(Math.max(0, notes.size() - SHOWN), notes.size()));
    }
}
