package io.kurir.simulator;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Every message that a linked page has handed to the network, repeats included: what a test of "exactly once" has to look at,
 * since a recipient may hide a repeat. The last {@value #LIMIT} are in memory, all are in the journal.
 */
final class Submissions {
    static final int LIMIT = 200_000;

    /**
     * @param at epoch ms
     * @param ratchet the page's counter for this peer; empty if the page sent none
     * @param decrypted whether the recipient could decrypt it
     * @param repeat whether the account had submitted this id to this peer before
     */
    record Submission(
            long seq,
            String from,
            String to,
            String id,
            String type,
            String body,
            long at,
            Optional<Long> ratchet,
            boolean decrypted,
            boolean repeat,
            String link) {

        JsonObject toJson() {
            return new JsonObject()
                    .put("seq", seq)
                    .put("from", from)
                    .put("to", to)
                    .put("id", id)
                    .put("type", type)
                    .put("body", body)
                    .put("at", at)
                    .put("ratchet", ratchet.orElse(null))
                    .put("decrypted", decrypted)
                    .put("repeat", repeat)
                    .put("link", link);
        }

        static Submission fromJson(JsonObject json) {
            return new Submission(
                    json.getLong("seq"),
                    json.getString("from"),
                    json.getString("to"),
                    json.getString("id"),
                    json.getString("type", "chat"),
                    json.getString("body"),
                    json.getLong("at"),
                    Optional.ofNullable(json.getLong("ratchet")),
                    json.getBoolean("decrypted"),
                    json.getBoolean("repeat"),
                    json.getString("link"));
        }
    }

    /** A ring: the submission with number n stands at n modulo the limit. */
    private final List<Submission> ring = new ArrayList<>();

    private long last;

    /** Messages that were refused by the knob {@code failSend}; they are no submissions. */
    int refused;

    long nextSeq() {
        return last + 1;
    }

    void add(Submission submission) {
        last = submission.seq();
        int place = (int) ((last - 1) % LIMIT);
        if (place < ring.size()) {
            ring.set(place, submission);
        } else {
            ring.add(submission);
        }
    }

    void clear() {
        ring.clear();
        last = 0;
        refused = 0;
    }

    long total() {
        return last;
    }

    List<Submission> after(long seq, int limit, Predicate<Submission> wanted) {
        List<Submission> found = new ArrayList<>();
        for (long next = Math.max(seq, last - ring.size()) + 1; next <= last && found.size() < limit; next++) {
            Submission submission = ring.get((int) ((next - 1) % LIMIT));
            if (wanted.test(submission)) {
                found.add(submission);
            }
        }
        return found;
    }

    /** {@code {total, ids, byCount: {"1": ids submitted once, "2": …}, repeats, undecrypted, refused}}. */
    JsonObject summary(long after, Predicate<Submission> wanted) {
        List<Submission> found = after(after, Integer.MAX_VALUE, wanted);
        Map<String, Integer> perId = new HashMap<>();
        found.forEach(submission -> perId.merge(submission.from() + ' ' + submission.id(), 1, Integer::sum));
        Map<Integer, Integer> byCount = new TreeMap<>();
        perId.values().forEach(count -> byCount.merge(count, 1, Integer::sum));
        JsonObject counts = new JsonObject();
        byCount.forEach((count, ids) -> counts.put(String.valueOf(count), ids));
        return new JsonObject()
                .put("total", found.size())
                .put("ids", perId.size())
                .put("byCount", counts)
                .put("repeats", found.stream().filter(Submission::repeat).count())
                .put(
                        "undecrypted",
                        found.stream().filter(one -> !one.decrypted()).count())
                .put("refused", refused);
    }
}
