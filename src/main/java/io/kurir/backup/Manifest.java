package io.kurir.backup;

import io.kurir.db.Dumped;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a backup says of itself.
 *
 * @param at when it was made
 * @param program the version of Kurir that made it
 */
public record Manifest(Instant at, String program, Dumped dumped) {
    static final int FORMAT = 1;

    JsonObject json() {
        JsonArray tables = new JsonArray();
        dumped.tables()
                .forEach(table -> tables.add(new JsonObject()
                        .put("name", table.name())
                        .put("columns", new JsonArray(new ArrayList<>(table.columns())))));
        JsonArray partitions = new JsonArray();
        dumped.partitions()
                .forEach(partition -> partitions.add(new JsonObject()
                        .put("name", partition.name())
                        .put("table", partition.table())
                        .put("bounds", partition.bounds())));
        return new JsonObject()
                .put("format", FORMAT)
                .put("at", at.toString())
                .put("program", program)
                .put("schema", dumped.version())
                .put("position", dumped.position())
                .put("tables", tables)
                .put("sequences", new JsonObject(new TreeMap<>(dumped.sequences())))
                .put("partitions", partitions);
    }

    /** Throws RuntimeException where it is not one. */
    static Manifest read(JsonObject json) {
        List<Dumped.Table> tables = new ArrayList<>();
        for (JsonObject table : objects(json, "tables")) {
            List<String> columns = new ArrayList<>();
            table.getJsonArray("columns").forEach(column -> columns.add(column.toString()));
            tables.add(new Dumped.Table(table.getString("name"), columns));
        }
        List<Dumped.Partition> partitions = new ArrayList<>();
        for (JsonObject partition : objects(json, "partitions")) {
            partitions.add(new Dumped.Partition(
                    partition.getString("name"), partition.getString("table"), partition.getString("bounds")));
        }
        Map<String, Long> sequences = new TreeMap<>();
        JsonObject values = json.getJsonObject("sequences");
        values.fieldNames().forEach(name -> sequences.put(name, values.getLong(name)));
        return new Manifest(
                Instant.parse(json.getString("at")),
                json.getString("program"),
                new Dumped(json.getString("schema"), tables, sequences, partitions, json.getLong("position")));
    }

    private static List<JsonObject> objects(JsonObject json, String name) {
        List<JsonObject> objects = new ArrayList<>();
        JsonArray array = json.getJsonArray(name);
        for (int i = 0; i < array.size(); i++) {
            objects.add(array.getJsonObject(i));
        }
        return objects;
    }
}
