package io.kurir.message;

import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.Jid;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlClient;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Puts messages into the outbox within a transaction of the caller, who nudges their devices after its commit ({@link Outbox#nudge}): batches
 * and schedules promote by it. The device need not be connected.
 */
public final class OutboxWriter {

    /**
     * One message.
     *
     * @param stanzaId minted by the caller; one that is there already is left as it is
     * @param content finished: mentions are written into it, limits are kept
     * @param media the hash of its file, which the media store has
     * @param maxAttempts empty: as configured
     * @param batch the number of its batch
     * @param item its place in the batch, from 0
     * @param note the detail of the step {@code accepted}
     * @param refused it is recorded as failed for this reason, and not sent
     */
    public record Entry(
            String deviceId,
            String stanzaId,
            Jid chat,
            Content content,
            Optional<String> media,
            Optional<String> quoted,
            List<Jid> mentions,
            boolean typing,
            Lane lane,
            Optional<Integer> maxAttempts,
            Optional<Long> batch,
            int item,
            Optional<Long> schedule,
            String note,
            Optional<String> refused) {}

    /** A message that is put or released later than it was due; {@code by}: how much, for people. */
    public record Late(String deviceId, String stanzaId, String by) {}

    private OutboxWriter() {}

    /** How many became ready. */
    public static Future<Integer> put(SqlClient transaction, List<Entry> entries) {
        return EntryStore.put(transaction, entries);
    }

    /** Records messages that are sent later, by {@link #release}: phase {@code scheduled}. Answers their numbers, in order. */
    public static Future<List<Long>> hold(SqlClient transaction, List<Entry> entries) {
        return EntryStore.hold(transaction, entries);
    }

    /** Makes held messages ready; how many, which is fewer when some were withdrawn. */
    public static Future<Integer> release(SqlClient transaction, Collection<Long> messages, Lane lane, String note) {
        return EntryStore.release(transaction, messages, lane, note);
    }

    /** Makes held messages say something else. */
    public static Future<Void> rewrite(SqlClient transaction, long message, Content content) {
        return EntryStore.rewrite(transaction, message, content);
    }

    /** Notes in messages that they are late. */
    public static Future<Void> late(SqlClient transaction, List<Late> messages) {
        return messages.isEmpty() ? Future.succeededFuture() : EntryStore.late(transaction, messages);
    }

    /** Fails held messages of one device, with an event each; how many. Advances the device's event counter, so it comes last. */
    public static Future<Integer> fail(
            SqlClient transaction, String deviceId, Collection<Long> messages, String reason) {
        return EntryStore.fail(transaction, deviceId, messages, reason);
    }

    /** Cancels held messages; how many. */
    public static Future<Integer> withdraw(SqlClient transaction, Collection<Long> messages, String reason) {
        return EntryStore.withdraw(transaction, messages, reason);
    }
}
