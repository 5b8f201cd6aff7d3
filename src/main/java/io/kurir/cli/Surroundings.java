package io.kurir.cli;

import io.kurir.Misconfigured;
import io.kurir.Settings;
import io.kurir.db.Condition;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;

/** What a node stands on, without the browser. */
final class Surroundings {
    private static final long GIB = 1L << 30;
    /** A profile takes 100 to 200 MB, and a browser wants room for its cache. */
    private static final long SCARCE = 5 * GIB;

    private static final long FULL = GIB;
    /** Leases and due times are the database's, so that a wrong clock here only misleads people and log lines, up to a point. */
    private static final Duration SKEW = Duration.ofSeconds(1);

    private static final Duration WRONG = Duration.ofSeconds(30);

    private Surroundings() {}

    static void disk(Path data, Findings findings) {
        var there = data;
        while (!Files.exists(there)) {
            there = there.toAbsolutePath().resolve("..").normalize();
        }
        if (!Files.isWritable(there)) {
            findings.fail(
                    "disk", there + " cannot be written to", "Make it writable, or name another folder with --data.");
            return;
        }
        try {
            long free = Files.getFileStore(there).getUsableSpace();
            var found = "%.1f GiB are free for %s".formatted(free / (double) GIB, data);
            var advice = "Make room, or name a folder on another disk with --data.";
            if (free < FULL) {
                findings.fail("disk", found, advice);
            } else if (free < SCARCE) {
                findings.warn("disk", found + "; a device takes 0.2", advice);
            } else {
                findings.ok("disk", found);
            }
        } catch (IOException e) {
            findings.fail("disk", "cannot be asked: " + e.getMessage(), "Look at the file system of " + there + ".");
        }
    }

    static void database(Settings.Database database, Findings findings) {
        try {
            var condition = Condition.of(database);
            if (condition.durable()) {
                findings.ok("postgres", "PostgreSQL " + condition.version() + ", durable");
            } else {
                findings.fail(
                        "postgres",
                        "PostgreSQL " + condition.version()
                                + " runs with fsync or synchronous_commit off: a crash loses"
                                + " what was accepted, or sends it again",
                        "Switch both on.");
            }
            clock(condition.ahead(), findings);
        } catch (SQLException e) {
            findings.fail("postgres", "does not answer as it should: " + e.getMessage(), "Look into its log.");
        }
    }

    private static void clock(Duration ahead, Findings findings) {
        var found = "the database's is %+.3f s from ours".formatted(ahead.toMillis() / 1000.0);
        var advice = "Run NTP on both machines.";
        if (ahead.abs().compareTo(WRONG) > 0) {
            findings.fail("clock", found, advice);
        } else if (ahead.abs().compareTo(SKEW) > 0) {
            findings.warn("clock", found, advice);
        } else {
            findings.ok("clock", found);
        }
    }

    static void redis(String url, Findings findings) throws Exception {
        try (var keys = new OwnKeys(Vertx.vertx(), url)) {
            var info = keys.info();
            var version = "Redis " + info.getOrDefault("redis_version", "");
            if ("err".equals(info.get("rdb_last_bgsave_status")) || "err".equals(info.get("aof_last_write_status"))) {
                findings.fail(
                        "redis",
                        version + " could not write its file and may refuse writes",
                        "Look at its disk and log.");
            } else if ("1".equals(info.get("aof_enabled"))) {
                findings.ok("redis", version + ", keeps an append-only file");
            } else {
                // everything there may be forgotten: counters of logins start anew, numbers are asked for again
                findings.ok(
                        "redis", version + ", without an append-only file; Kurir keeps nothing there that it needs");
            }
        } catch (Misconfigured wrong) {
            findings.fail("redis", wrong);
        }
    }
}
