package io.kurir.cli;

import io.kurir.Misconfigured;
import io.kurir.Progress;
import io.kurir.SettingsFile;
import io.kurir.db.embedded.EmbeddedDatabases;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kurir redis}: what Kurir keeps in Redis. Whatever else is there is not looked at, since it may be another program's. */
@Command(name = "redis", mixinStandardHelpOptions = true, description = "Look after Kurir's own keys in Redis.")
final class RedisCommand {
    private static final int FAILED = 1;

    @Command(mixinStandardHelpOptions = true, description = "Say how many keys there are, how large, and until when.")
    int analyze(@Mixin Where where) throws Exception {
        return on(where, redis -> {
            var keys = redis.all();
            var byCategory = keys.stream()
                    .collect(Collectors.groupingBy(OwnKeys.Key::category, TreeMap::new, Collectors.toList()));
            System.out.printf(
                    "%-12s %9s %12s %9s %12s  %s%n", "category", "keys", "bytes", "no TTL", "longest TTL", "what");
            byCategory.forEach(RedisCommand::line);
            line("all", keys);
            keys.stream()
                    .sorted(Comparator.comparingLong(OwnKeys.Key::bytes).reversed())
                    .limit(5)
                    .forEach(key -> System.out.println("  " + key.bytes() + " bytes  " + key.name()));
            return 0;
        });
    }

    private static void line(String category, List<OwnKeys.Key> keys) {
        var longest = keys.stream().flatMap(key -> key.ttl().stream()).max(Comparator.naturalOrder());
        System.out.printf(
                "%-12s %9d %12d %9d %12s  %s%n",
                category,
                keys.size(),
                keys.stream().mapToLong(OwnKeys.Key::bytes).sum(),
                keys.stream().filter(key -> key.ttl().isEmpty()).count(),
                longest.map(ttl -> ttl.toSeconds() + " s").orElse("-"),
                category.equals("all")
                        ? ""
                        : OwnKeys.CATEGORIES.getOrDefault(category, "orphaned: nothing in this release uses it"));
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Remove keys that have no end or that nothing uses any more.")
    int clean(
            @Mixin Where where,
            @Option(names = "--auto", description = "Do not ask, for a scheduled run.") boolean auto)
            throws Exception {
        return on(where, redis -> {
            var removable = redis.all().stream().filter(OwnKeys.Key::removable).toList();
            removable.forEach(key -> System.out.println(
                    "  " + key.name() + (key.orphan() ? " (orphaned)" : " (no TTL)") + ", " + key.bytes() + " bytes"));
            if (removable.isEmpty()) {
                System.out.println("Nothing to remove.");
                return 0;
            }
            if (!auto && !agreed("Remove these " + removable.size() + " keys? [y/N] ")) {
                System.out.println("Nothing was removed.");
                return 0;
            }
            System.out.println("Removed " + redis.remove(removable) + " keys.");
            return 0;
        });
    }

    private static boolean agreed(String question) throws Exception {
        System.out.print(question);
        System.out.flush();
        var answer = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        return answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
    }

    @Command(
            mixinStandardHelpOptions = true,
            description =
                    "Say again and again how much memory the keys take, until a signal; exit code 1 if it was critical.")
    int monitor(
            @Mixin Where where,
            @Option(
                            names = {"-w", "--warning"},
                            paramLabel = "MB",
                            defaultValue = "500",
                            description = "Warn from here (500).")
                    double warning,
            @Option(
                            names = {"-c", "--critical"},
                            paramLabel = "MB",
                            defaultValue = "800",
                            description = "Critical from here (800).")
                    double critical,
            @Option(
                            names = {"-i", "--interval"},
                            paramLabel = "SECONDS",
                            defaultValue = "3600",
                            description = "Between two looks (3600).")
                    long interval,
            @Option(names = "--count", paramLabel = "N", defaultValue = "0", description = "Looks; 0: no end (0).")
                    int count)
            throws Exception {
        if (warning > critical || interval < 1) {
            throw new Misconfigured("--warning must not be above --critical, and --interval at least 1.");
        }
        return on(where, redis -> {
            boolean alarm = false;
            for (int look = 1; ; look++) {
                var keys = redis.all();
                double megabytes = keys.stream().mapToLong(OwnKeys.Key::bytes).sum() / 1e6;
                var level = megabytes >= critical ? "critical" : megabytes >= warning ? "warning" : "ok";
                alarm |= level.equals("critical");
                System.out.printf(
                        Locale.ROOT,
                        "%s %-8s %.3f MB in %d keys%n",
                        Instant.now().truncatedTo(ChronoUnit.SECONDS),
                        level,
                        megabytes,
                        keys.size());
                if (look == count) {
                    return alarm ? FAILED : 0;
                }
                Thread.sleep(Duration.ofSeconds(interval));
            }
        });
    }

    private interface Work {
        int on(OwnKeys keys) throws Exception;
    }

    /** The configured Redis, or the embedded one: that of the node that runs on the data folder, or else started for that time. */
    private static int on(Where where, Work work) throws Exception {
        Stop.here();
        var loaded = SettingsFile.loadForDatabase(where.sources(new HashMap<>()));
        var data = loaded.settings().data();
        Optional<String> url = loaded.embedRedis()
                ? EmbeddedDatabases.runningRedis(data)
                : Optional.of(loaded.settings().redis().url());
        if (url.isPresent()) {
            return with(url.get(), work);
        }
        var redis = EnumSet.of(EmbeddedDatabases.Kind.REDIS);
        try (var databases = EmbeddedDatabases.start(data, redis, Progress.SILENT)) {
            return with(databases.redisUrl(), work);
        }
    }

    private static int with(String url, Work work) throws Exception {
        try (var keys = new OwnKeys(Vertx.vertx(), url)) {
            return work.on(keys);
        }
    }
}
