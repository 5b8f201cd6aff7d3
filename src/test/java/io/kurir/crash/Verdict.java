package io.kurir.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What became of every text: by the rows, by what the pages handed to the network, and by what the recipients saw. Prints it and fails when a
 * promise is broken.
 */
final class Verdict {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final World world;
    private final Sends sends;
    private final List<Instant> kills;
    private final List<String> broken = new ArrayList<>();
    private final Map<String, Integer> submissions = new HashMap<>();
    private final Map<Integer, Integer> byCount = new TreeMap<>();
    private final Map<String, Integer> phases = new TreeMap<>();
    private int readOnce;
    private int told;

    private Verdict(World world, Sends sends, List<Instant> kills) {
        this.world = world;
        this.sends = sends;
        this.kills = kills;
    }

    /** Waits until every message is at its end, then judges. */
    static void pronounce(World world, Sends sends, List<Instant> kills) throws SQLException {
        Facts.await("every message has its outcome " + world.folder, PATIENCE, () -> {
            List<String> unfinished = world.records.unfinished();
            if (!unfinished.isEmpty()) {
                throw new IllegalStateException(unfinished.size() + " without: " + unfinished);
            }
            return true;
        });
        new Verdict(world, sends, kills).judge();
    }

    private void judge() throws SQLException {
        world.submissions().forEach(one -> submissions.merge(one.getString("id"), 1, Integer::sum));
        Map<String, List<JsonObject>> inboxes = new HashMap<>();
        Sends.phones().forEach(phone -> inboxes.put(phone, world.inbox(phone)));
        Map<String, List<Records.Sent>> rows = new HashMap<>();
        for (Records.Sent row : world.records.sent()) {
            rows.computeIfAbsent(row.body(), body -> new ArrayList<>()).add(row);
            phases.merge(row.phase() + (row.ack() == 3 ? " and read" : ""), 1, Integer::sum);
            judge(row, inboxes.getOrDefault(row.chat().replace("@c.us", ""), List.of()));
        }
        if (rows.size() != sends.accepted.size() + sends.unanswered.size()) {
            broken.add(rows.size() + " texts have rows, the client knows of "
                    + (sends.accepted.size() + sends.unanswered.size()));
        }
        sends.accepted.forEach((number, id) -> {
            if (rows.getOrDefault(Sends.text(number), List.of()).stream()
                    .noneMatch(row -> row.stanzaId().equals(id) && row.ack() == 3)) {
                broken.add("accepted and not read: " + number + " " + id);
            }
        });
        rows.forEach((body, all) -> {
            if (all.stream().filter(row -> row.ack() > 0).count() > 1) {
                broken.add("two rows of one text went out: " + all);
            }
        });
        int shown = inboxes.values().stream().mapToInt(List::size).sum();
        if (shown != readOnce) {
            broken.add(shown + " texts are shown, " + readOnce + " belong to a sent row");
        }
        long left = world.records.outbox();
        if (left != 0) {
            broken.add(left + " rows are left in the outbox");
        }
        print(rows.size());
        assertThat(broken).isEmpty();
        world.records.checkEvents();
        assertThat(world.maxConcurrent()).as("sockets of the device at once").isLessThanOrEqualTo(1);
    }

    private void judge(Records.Sent row, List<JsonObject> inbox) {
        int handed = submissions.getOrDefault(row.stanzaId(), 0);
        byCount.merge(handed, 1, Integer::sum);
        List<JsonObject> seen = inbox.stream()
                .filter(message -> message.getString("text").equals(row.body()))
                .filter(message -> message.getString("id").equals(row.stanzaId()))
                .toList();
        if (!row.phase().equals("sent")) {
            if (handed > 0 || !seen.isEmpty() || !row.phase().equals("cancelled")) {
                broken.add("went out or failed: " + row);
            }
            return;
        }
        boolean once = seen.size() == 1
                && seen.getFirst().getInteger("shown") == 1
                && seen.getFirst().getString("status").equals("read");
        if (once) {
            readOnce++;
        } else {
            broken.add("not read exactly once: " + row + " " + seen);
        }
        if (handed > 1) {
            explain(row, handed);
        }
    }

    /** More than one submission is right only where a kill, or a step, says why nobody could know what became of the first. */
    private void explain(Records.Sent row, int handed) {
        Instant from = row.first("dispatched");
        Instant until = row.first("sent", "delivered", "read");
        long struck = kills.stream()
                .filter(kill -> kill.isAfter(from) && kill.isBefore(until))
                .count();
        long again = row.steps("absent") + row.steps("retry") + row.steps("unknown");
        if (again > 0) {
            told++;
        }
        if (handed > 1 + Math.max(struck, 0) + row.steps("absent") + row.steps("retry")) {
            broken.add(handed + " submissions, unexplained: " + row);
        }
    }

    private void print(int texts) {
        System.out.println("  texts accepted                " + texts + "  (answered 2xx: " + sends.accepted.size()
                + ", answer lost but committed: " + sends.unanswered.size() + ")");
        System.out.println("  tries that took nothing       " + sends.retries.get() + "  (answers lost in all: "
                + sends.lost.get() + ")");
        Map<String, Integer> lost = new TreeMap<>();
        sends.unanswered.values().forEach(why -> lost.merge(shortened(why), 1, Integer::sum));
        if (!lost.isEmpty()) {
            System.out.println("  lost answers were             " + lost);
        }
        System.out.println("  outcomes                      " + phases);
        System.out.println("  read exactly once             " + readOnce);
        System.out.println("  submissions per message       " + byCount + "  (more than 1, with a step that says why: "
                + told + ")");
        broken.forEach(one -> System.out.println("  BROKEN  " + one));
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60);
    }
}
