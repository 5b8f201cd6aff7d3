package io.kurir.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.profile.Profiles.Last;
import io.kurir.profile.Snapshots.Taken;
import io.kurir.whatsapp.Kept;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Every combination of a folder, a snapshot and a last opening, up to the fourth epoch. */
class SourceTest {
    private static final long MOST = 4;

    /** {@code folder}: the newest generation that the node sees. */
    private record Case(OptionalLong folder, Optional<Taken> snapshot, Last last) {
        Source source() {
            return Source.of(Kept.of(folder, last.openedEpoch()), snapshot, last);
        }
    }

    private static List<Case> all() {
        List<OptionalLong> folders = new ArrayList<>(List.of(OptionalLong.empty()));
        LongStream.rangeClosed(Kept.IMPORTED, MOST).mapToObj(OptionalLong::of).forEach(folders::add);
        List<Optional<Taken>> snapshots = new ArrayList<>(List.of(Optional.empty()));
        for (long epoch = 1; epoch <= MOST; epoch++) {
            for (boolean clean : List.of(true, false)) {
                for (boolean proved : List.of(true, false)) {
                    snapshots.add(Optional.of(new Taken(10 + epoch, epoch, clean, proved)));
                }
            }
        }
        List<Case> cases = new ArrayList<>();
        for (OptionalLong folder : folders) {
            for (Optional<Taken> snapshot : snapshots) {
                for (long opened = 0; opened <= MOST; opened++) {
                    for (boolean dirty : List.of(true, false)) {
                        cases.add(new Case(folder, snapshot, new Last(opened, dirty)));
                    }
                }
            }
        }
        return cases;
    }

    @Test
    void aFolderThatMissedNothingGoesBeforeEverything() {
        assertThat(all()).allSatisfy(one -> {
            boolean missedNothing = one.folder().isPresent()
                    && (one.folder().getAsLong() == Kept.IMPORTED
                            || one.folder().getAsLong() >= one.last().openedEpoch());
            assertThat(one.source() instanceof Source.Folder).isEqualTo(missedNothing);
        });
    }

    @Test
    void aSnapshotIsThePresentProfileOnlyIfNothingWasOpenedSince() {
        assertThat(all()).allSatisfy(one -> {
            if (one.source() instanceof Source.Snapshot(Taken taken)) {
                assertThat(taken.clean()).isTrue();
                assertThat(one.last()).isEqualTo(new Last(taken.epoch(), false));
            }
        });
        assertThat(all())
                .filteredOn(one -> one.folder().isEmpty()
                        && !one.last().dirty()
                        && one.snapshot()
                                .filter(taken -> taken.clean()
                                        && taken.epoch() == one.last().openedEpoch())
                                .isPresent())
                .isNotEmpty()
                .allSatisfy(one -> assertThat(one.source()).isInstanceOf(Source.Snapshot.class));
    }

    @Test
    void ofTwoOldOnesTheNewerIsTakenAndNeverOneThatIsNotThere() {
        assertThat(all()).allSatisfy(one -> {
            switch (one.source()) {
                case Source.OldFolder(long epoch) -> {
                    assertThat(one.folder()).hasValue(epoch);
                    assertThat(epoch).isLessThan(one.last().openedEpoch());
                    one.snapshot().ifPresent(taken -> assertThat(taken.epoch()).isLessThanOrEqualTo(epoch));
                }
                case Source.OldSnapshot(Taken taken) -> {
                    assertThat(one.snapshot()).contains(taken);
                    one.folder().ifPresent(epoch -> assertThat(epoch).isLessThan(taken.epoch()));
                }
                case Source.Nothing _ -> {
                    assertThat(one.folder()).isEmpty();
                    assertThat(one.snapshot()).isEmpty();
                }
                case Source.Folder _, Source.Snapshot _ -> {
                    /* above */
                }
            }
        });
    }
}
