package io.kurir.suppression;

import io.kurir.access.Caller;
import io.kurir.access.Reach;
import io.kurir.contact.Contacts;
import io.kurir.contact.PhoneNumbers;
import io.kurir.http.Problem;
import io.kurir.session.Devices;
import io.kurir.whatsapp.Jid;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlClient;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The list of those who said stop. To be called on a virtual thread. */
public final class Suppressions {
    /** What is to be sent, as far as it matters here; {@code quoted} is a stanza id. */
    public record Letter(String deviceId, Jid to, Optional<String> quoted) {}

    /** One page of a list; {@code total} counts all that match. */
    public record Listing(List<Suppression> suppressions, long total) {}

    private final SuppressionStore store;
    private final Devices devices;
    private final Contacts contacts;
    private final String country;

    /** @param country how numbers with a leading 0 are read where no device says otherwise */
    public Suppressions(Pool pool, Devices devices, Contacts contacts, String country) {
        this.store = new SuppressionStore(pool);
        this.devices = devices;
        this.contacts = contacts;
        this.country = country;
    }

    /**
     * Which of them are for somebody who said stop, and no replies; for those who promote what was planned, within their transaction. They are
     * to be recorded as failed {@link Suppression#REFUSED}.
     */
    public static Future<Set<Letter>> among(SqlClient transaction, List<Letter> planned) {
        return planned.isEmpty() ? Future.succeededFuture(Set.of()) : SuppressionStore.planned(transaction, planned);
    }

    /** Whether one that somebody writes now is refused: its recipient said stop, has not written since, and is not quoted. */
    public static Future<Boolean> refuses(SqlClient client, Letter letter) {
        return SuppressionStore.now(client, List.of(letter)).map(unwanted -> !unwanted.isEmpty());
    }

    /** Newest first. */
    public Listing list(Reach reach, Optional<String> deviceId, Optional<String> search, int page, int pageSize) {
        deviceId.ifPresent(id -> devices.get(reach, id));
        return store.list(reach, deviceId, search, page, pageSize).await();
    }

    /**
     * Idempotent. For all devices of the caller where {@code deviceId} is empty, else for that device, whoever owns it; a credential of one device
     * is for that one, and one of several must name it.
     */
    public Suppression add(Caller caller, Optional<String> deviceId, String phone, String reason) {
        Optional<String> of = caller.about(deviceId);
        long owner = of.map(id -> devices.get(caller.reach(), id).ownerId()).orElse(caller.userId());
        Jid person = PhoneNumbers.person(
                "phone", phone, of.map(id -> devices.country(id, phone)).orElse(country));
        Jid outward = of.map(id -> contacts.outward(id, person).await()).orElse(person);
        return store.add(owner, of, outward.isPhone() ? outward.user() : outward.toString(), reason)
                .await();
    }

    /** {@code NOT_FOUND} also for one of somebody else. */
    public void remove(Reach reach, long id) {
        if (!store.remove(reach, id).await()) {
            throw Problem.of(Problem.Code.NOT_FOUND, "no suppression " + id);
        }
    }
}
