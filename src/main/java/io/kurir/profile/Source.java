package io.kurir.profile;

import io.kurir.profile.Profiles.Last;
import io.kurir.whatsapp.Kept;
import java.util.Optional;

/**
 * What a device goes on with when it is opened. In this order: the folder that was opened last; a snapshot that nothing was opened since; whatever is
 * older, the newer of the two; nothing.
 */
public sealed interface Source {
    /** The folder, as it lies there; it knows all that the device did. */
    record Folder() implements Source {}

    /** The snapshot, which knows all that the device did. */
    record Snapshot(Snapshots.Taken taken) implements Source {}

    /** A folder of the device's past. */
    record OldFolder(long epoch) implements Source {}

    /** A snapshot of the device's past. */
    record OldSnapshot(Snapshots.Taken taken) implements Source {}

    record Nothing() implements Source {}

    /**
     * Chooses.
     *
     * @param kept the folder that this node sees
     * @param newest the newest snapshot
     * @param last the device's last opening, anywhere
     */
    static Source of(Kept kept, Optional<Snapshots.Taken> newest, Last last) {
        if (kept instanceof Kept.Current) {
            return new Folder();
        }
        if (newest.filter(taken -> isPresent(taken, last)).isPresent()) {
            return new Snapshot(newest.get());
        }
        return switch (kept) {
            // of the same epoch the folder is not the older one: the snapshot was taken of it
            case Kept.Stale stale
            when newest.map(taken -> taken.epoch() <= stale.epoch()).orElse(true) -> new OldFolder(stale.epoch());
            case Kept.Stale _, Kept.None _, Kept.Current _ ->
                newest.<Source>map(OldSnapshot::new).orElseGet(Nothing::new);
        };
    }

    private static boolean isPresent(Snapshots.Taken taken, Last last) {
        return taken.clean() && !last.dirty() && taken.epoch() == last.openedEpoch();
    }
}
