package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard and the alerts ask for nothing that no node tells. */
class MetricsNamesIT {
    private static final Pattern NAME = Pattern.compile("\\b(kurir|jvm|process|system|vertx)_[a-z0-9_]+");
    private static final Pattern METER = Pattern.compile("\"(kurir\\.[a-z.]+)\"");
    private static final String SUFFIXES =
            "_(seconds_bucket|seconds_count|seconds_sum|seconds_max|seconds|total|count|sum|max|bytes)$";

    @TempDir
    Path data;

    private static Set<String> asked() throws IOException {
        Set<String> names = new TreeSet<>();
        expressions(
                new ObjectMapper().readTree(Path.of("conf/grafana/kurir.json").toFile()), names);
        expressions(
                new YAMLMapper().readTree(Path.of("conf/prometheus/alerts.yaml").toFile()), names);
        return names;
    }

    private static void expressions(JsonNode node, Set<String> names) {
        node.properties().forEach(entry -> {
            if (Set.of("expr", "definition").contains(entry.getKey())) {
                Matcher name = NAME.matcher(entry.getValue().asText());
                while (name.find()) {
                    names.add(name.group());
                }
            }
        });
        node.forEach(child -> expressions(child, names));
    }

    /** Meters that begin with what they count, such as a trouble. */
    private static Set<String> registeredInTheCode() throws IOException {
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            return sources.filter(source -> source.toString().endsWith(".java"))
                    .flatMap(source -> METER.matcher(read(source))
                            .results()
                            .map(found -> found.group(1).replace('.', '_')))
                    .collect(Collectors.toSet());
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void everyNameOfDashboardAndAlertsIsTold() throws Exception {
        FakeHouse house = new FakeHouse(data, Map.of());
        try {
            house.connect("main");
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> house.stranger.get("/metrics").text().contains("kurir_promotion_seconds_count"));
            String told = house.stranger.get("/metrics").text();
            Set<String> code = registeredInTheCode();
            Set<String> asked = asked();
            assertThat(asked).hasSizeGreaterThan(15);
            assertThat(asked)
                    .allSatisfy(name -> assertThat(told.lines()
                                            .anyMatch(
                                                    line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                                    || code.contains(name)
                                    || code.contains(name.replaceFirst(SUFFIXES, "")))
                            .as(name)
                            .isTrue());
            // of the node itself: there from the first moment
            for (String always : List.of(
                    "kurir_devices_owned 1.0",
                    "kurir_fenced 0.0",
                    // 004's
                    "sessions_active 1.0",
                    "messages_sent_total 0.0",
                    "messages_received_total 0.0",
                    "errors_total 0.0",
                    "ai_latency_seconds_count 0",
                    "kurir_lease_age_seconds ",
                    "kurir_promotion_full_total{",
                    "promotion=\"retries\"",
                    "ai_latency_seconds_count 0")) {
                assertThat(told).contains(always);
            }
        } finally {
            house.close();
        }
    }
}
