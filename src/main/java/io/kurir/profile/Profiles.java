package io.kurir.profile;

import io.kurir.whatsapp.Kept;
import io.kurir.whatsapp.WhatsApp;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;

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

    public Profiles(Pool pool) {
        this.store = new ProfileStore(pool);
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

    public Future<Last> last(String deviceId) {
        return store.last(deviceId)
                .recover(away -> Future.failedFuture(new NotWritten("PostgreSQL: " + away.getMessage())));
    }

    /** What this browser has of the device; a current profile bears the name of {@code epoch} afterwards. */
    public Future<Kept> claim(WhatsApp browser, String deviceId, long epoch) {
        return last(deviceId).compose(last -> browser.claim(deviceId, epoch, last.openedEpoch()));
    }

    /** To be written before a page opens; fails with {@link NotWritten} for one that is not the owner, who must not open it then. */
    public Future<Void> opening(String deviceId, long epoch) {
        return store.opening(deviceId, epoch)
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
    public Future<Void> imported(String deviceId) {
        return store.imported(deviceId).mapEmpty();
    }
}
