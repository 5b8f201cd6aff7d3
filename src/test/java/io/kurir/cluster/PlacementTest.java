package io.kurir.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.Settings.Role;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PlacementTest {
    private static final long MB = 1 << 20;

    private static Node node(String name, int devices, long memory) {
        return new Node(
                name,
                "1",
                Set.of(Role.WORKER),
                true,
                false,
                devices,
                memory * MB,
                4_096 * MB,
                Instant.EPOCH,
                Instant.EPOCH);
    }

    /** Browsers use more than the 60 MB that a device is reckoned with before there is anything to measure. */
    @Test
    void theEmptiestNodeIsNotGivenAll() {
        Map<String, List<String>> spread =
                Placement.spread(List.of("one", "two", "three", "four"), List.of(node("a", 3, 400), node("b", 3, 410)));
        assertThat(spread.getOrDefault("a", List.of())).hasSize(2);
        assertThat(spread.getOrDefault("b", List.of())).hasSize(2);
    }

    @Test
    void aNodeWithFarMoreInUseIsSpared() {
        Map<String, List<String>> spread =
                Placement.spread(List.of("one", "two"), List.of(node("a", 3, 400), node("b", 3, 900)));
        assertThat(spread).containsOnlyKeys("a");
    }
}
