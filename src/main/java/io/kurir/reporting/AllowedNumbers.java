package io.kurir.reporting;

import io.kurir.Settings;
import io.kurir.access.Reach;
import io.kurir.contact.PhoneNumbers;
import io.kurir.http.Problem;
import io.kurir.session.Devices;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.util.List;
import java.util.Optional;

/**
 * Whose history is kept. The rule is in the database ({@code keeps_history}), where messages are written and where they lose their words; here it
 * is set, and the numbers are. Operations are to be called on a virtual thread.
 */
public final class AllowedNumbers {
    /** One page of a list; {@code total} counts all that match. */
    public record Listing(List<AllowedNumber> numbers, long total) {}

    private final AllowedNumberStore store;
    private final Devices devices;

    public AllowedNumbers(Pool pool, Devices devices) {
        this.store = new AllowedNumberStore(pool);
        this.devices = devices;
    }

    /** At the start of each node, before a session opens: what the settings say holds for the whole cluster. */
    public static Future<Void> apply(Pool pool, Settings.Persist persist) {
        return new AllowedNumberStore(pool).rule(persist == Settings.Persist.ALLOWED);
    }

    /** Deletes up to 1,000 notes of what was told and not kept, and is too old to be told again; answers how many. */
    public static Future<Long> forget(Pool pool) {
        return new AllowedNumberStore(pool).forget();
    }

    /** Newest first. */
    public Listing list(Reach reach, Optional<String> number, int page, int pageSize) {
        return store.list(reach, number.map(written -> digits(written, devices.country())), page, pageSize)
                .await();
    }

    /** {@code CONFLICT} where the device has the number already. */
    public AllowedNumber add(Reach reach, String deviceId, String number, AllowedNumber.Status status) {
        String country = devices.country(devices.get(reach, deviceId));
        return store.add(deviceId, digits(number, country), status)
                .await()
                .orElseThrow(() -> Problem.of(
                        Problem.Code.CONFLICT, "device " + deviceId + " has this number already; change its status"));
    }

    private static String digits(String number, String country) {
        return PhoneNumbers.digits("whatsapp_number", number, country);
    }

    /** {@code NOT_FOUND} also for one of somebody else. */
    public AllowedNumber change(Reach reach, long id, AllowedNumber.Status status) {
        return store.change(reach, id, status).await().orElseThrow(() -> unknown(id));
    }

    /** {@code NOT_FOUND} also for one of somebody else. */
    public void remove(Reach reach, long id) {
        if (!store.remove(reach, id).await()) {
            throw unknown(id);
        }
    }

    private static Problem unknown(long id) {
        return Problem.of(Problem.Code.NOT_FOUND, "no allowed number " + id);
    }
}
