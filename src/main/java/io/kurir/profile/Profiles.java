package io.kurir.profile;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.util.Optional;

/**
 * Which copy of a device's profile is the present one. Copies can lie on the disks of several nodes; only one that knows of the last page's doings may
 * be opened.
 *
 * <pre>
 *   claim     the newest generation that this node sees gets the opening's name, if it is the present one
 *   opening   the opening is written down: every other copy is old from here on
 *   (the page opens, and is closed)
 *   closed    it has written all that it held
 * </pre>
 *
 * In this order: a node that dies between the first two has a profile that is newer than what is written, and unchanged; the other way round its
 * good profile would look like an old one.
 */
public final class Profiles {
    static final Last NEVER = new Last(0, false);

    private final ProfileStore store;
    private final boolean shared;

    /** @param shared the folders lie on a volume that all nodes see */
    public Profiles(Pool pool, boolean shared) {
        this.store = new ProfileStore(pool);
        this.shared = shared;
    }

    /** {@code openedEpoch}: of the last opening, 0 for none. {@code dirty}: that page was not closed in order, or is open. */
    public record Last(long openedEpoch, boolean dirty) {}

    /** It was not written down: the caller is no longer the owner, or PostgreSQL is away. No fault of the profile. */
    public static final class NotWritten extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotWritten(String reason) {
            super(reason);
        }
    }

    /** The folders lie on a volume that all nodes see. */
    boolean shared() {
        return shared;
    }

    public Future<Last> last(String deviceId) {
        return store.last(deviceId)
                .recover(away -> Future.failedFuture(new NotWritten("PostgreSQL: " + away.getMessage())));
    }

    /** To be written before a page opens; fails with {@link NotWritten} for one that is not the owner, who must not open it then. */
    public Future<Void> opening(String deviceId, long epoch) {
        return store.opening(deviceId, epoch, shared)
                .recover(away -> Future.failedFuture(new NotWritten("PostgreSQL: " + away.getMessage())))
                .compose(ours -> ours
                        ? Future.succeededFuture()
                        : Future.failedFuture(new NotWritten("epoch " + epoch + " no longer owns " + deviceId)));
    }

    /** The page of this epoch was closed in order; false when another one was opened since. */
    public Future<Boolean> closed(String deviceId, long epoch) {
        return store.closed(deviceId, epoch);
    }

    /** A profile came by hand, for a device that nobody owns: it is the present one, and every other copy is old. A device that is not there has none. */
    public Future<Void> imported(String deviceId, String node) {
        return store.imported(deviceId, shared ? Optional.empty() : Optional.of(node))
                .mapEmpty();
    }
}
