package io.kurir.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The rows that a bench has found: a table for people, JSON for programs. */
final class Report {
    /** {@code goal} is a comparison with the value, such as {@code >= 1}. */
    private record Row(String name, double value, String unit, Optional<String> goal) {
        String shown() {
            return String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.2f" : "%.1f", value);
        }

        JsonObject json() {
            JsonObject json = new JsonObject()
                    .put("name", name)
                    .put("value", Math.round(value * 1000) / 1000.0)
                    .put("unit", unit);
            goal.ifPresent(comparison -> json.put("goal", comparison));
            return json;
        }
    }

    private final String bench;
    private final List<Row> rows = new ArrayList<>();
    private int printed;

    Report(String bench) {
        this.bench = bench;
    }

    void row(String name, double value, String unit) {
        rows.add(new Row(name, value, unit, Optional.empty()));
    }

    void row(String name, double value, String unit, String goal) {
        rows.add(new Row(name, value, unit, Optional.of(goal)));
    }

    /** What was not printed before. */
    void print(PrintStream out) {
        List<Row> fresh = rows.subList(printed, rows.size());
        printed = rows.size();
        int widest = fresh.stream().mapToInt(row -> row.name().length()).max().orElse(0);
        for (Row row : fresh) {
            String goal = row.goal().map(comparison -> "   goal " + comparison).orElse("");
            out.printf("%-" + widest + "s %10s %s%s%n", row.name(), row.shown(), row.unit(), goal);
        }
    }

    /** {@code {"bench", "rows": [{"name", "value", "unit", "goal"?}]}}. */
    void write(Path file) throws IOException {
        JsonArray list = new JsonArray();
        rows.forEach(row -> list.add(row.json()));
        JsonObject json = new JsonObject().put("bench", bench).put("rows", list);
        Files.writeString(file, json.encodePrettily() + System.lineSeparator());
    }
}
