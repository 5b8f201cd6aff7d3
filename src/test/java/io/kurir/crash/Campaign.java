package io.kurir.crash;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * A stream of 200 sends with kills in it. Every second kill comes when it is certain that a message is committed and handed over, and
 * that its ack is not there: either the network has it and withholds the ack, or it is still on its way there. The others come at random
 * moments.
 *
 * <p>{@code -Dkurir.crash.kills=N} sets how many, {@code -Dkurir.crash.seed=N} repeats a run's choices (not its timing).
 */
final class Campaign {
    private static final int TEXTS = 200;
    private static final int RANDOM_MS = 400;
    /** Long enough not to end in an outage of the database, or while a browser starts on a busy machine. */
    private static final Duration LEASE = Duration.ofSeconds(12);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final World world;
    private final Random random;
    private final List<Instant> kills = new ArrayList<>();
    private final Set<String> caught = new TreeSet<>();
    private int certain;

    /** What is killed, and how it comes back; returns when it has. */
    interface Victim {
        void kill() throws Exception;

        void revive(long opened) throws Exception;
    }

    private Campaign(World world, long seed) {
        this.world = world;
        this.random = new Random(seed);
    }

    static void run(String name, java.util.function.Function<World, Victim> victims) throws Exception {
        run(name, 20, victims);
    }

    /** With another number of kills than 20, where each takes long and the property does not say. */
    static void run(String name, int usual, java.util.function.Function<World, Victim> victims) throws Exception {
        int kills = Integer.getInteger("kurir.crash.kills", usual);
        long seed = Long.getLong("kurir.crash.seed", System.nanoTime() & 0xffffff);
        System.out.println(name + ": seed " + seed + ", " + kills + " kills, " + TEXTS + " texts");
        long begin = System.nanoTime();
        try (World world = new World(name, LEASE).link()) {
            new Campaign(world, seed).run(kills, victims.apply(world));
        }
        System.out.println(name + ": " + (System.nanoTime() - begin) / 1_000_000_000 + " s");
    }

    private void run(int count, Victim victim) throws Exception {
        Sends sends = new Sends(world, TEXTS);
        long begin = System.nanoTime();
        for (int i = 0; i < count; i++) {
            strike(sends, Math.ceilDiv(TEXTS, count), i % 2 == 0, victim);
        }
        long seconds = (System.nanoTime() - begin) / 1_000_000_000;
        sends.finish();
        System.out.println("  kills                         " + count + " in " + seconds + " s, " + certain
                + " certainly between commit and ack; messages caught there: " + caught.size());
        Verdict.pronounce(world, sends, kills);
    }

    private void strike(Sends sends, int texts, boolean between, Victim victim) throws Exception {
        long opened = world.opened();
        if (between) {
            boolean withheld = random.nextBoolean();
            if (withheld) {
                world.withholdAck();
            } else {
                world.slowDown();
            }
            sends.release(texts);
            Facts.await("a message is between commit and ack", PATIENCE, () -> caught(withheld));
            certain++;
        } else {
            sends.release(texts);
            Facts.pause(random.nextInt(RANDOM_MS));
        }
        caught.addAll(world.records.betweenCommitAndAck());
        kills.add(Instant.now());
        victim.kill();
        world.calm();
        victim.revive(opened);
        world.readAll();
    }

    private boolean caught(boolean atNetwork) throws SQLException {
        List<String> between = world.records.betweenCommitAndAck();
        return atNetwork
                ? world.submissions().stream().anyMatch(one -> between.contains(one.getString("id")))
                : !between.isEmpty();
    }
}
