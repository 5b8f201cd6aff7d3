package io.kurir.profile;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a snapshot consists of. */
record Manifest(List<Entry> files) {

    /**
     * A file.
     *
     * @param name below the profile's folder, with {@code /} between
     * @param size in bytes
     * @param sha256 of the whole file
     * @param pieces their names, in order
     */
    record Entry(String name, long size, Buffer sha256, List<Buffer> pieces) {}

    /** Each once. */
    Collection<Buffer> pieces() {
        LinkedHashSet<Buffer> names = new LinkedHashSet<>();
        files.forEach(file -> names.addAll(file.pieces()));
        return names;
    }

    /** The same files whose pieces are called otherwise. */
    Manifest renamed(Map<Buffer, Buffer> names) {
        return new Manifest(files.stream()
                .map(file -> new Entry(
                        file.name(),
                        file.size(),
                        file.sha256(),
                        file.pieces().stream()
                                .map(name ->
                                        Optional.ofNullable(names.get(name)).orElse(name))
                                .toList()))
                .toList());
    }

    byte[] bytes() {
        JsonArray all = new JsonArray();
        for (Entry file : files) {
            JsonArray pieces = new JsonArray();
            file.pieces().forEach(name -> pieces.add(text(name)));
            all.add(new JsonObject()
                    .put("name", file.name())
                    .put("size", file.size())
                    .put("sha256", text(file.sha256()))
                    .put("pieces", pieces));
        }
        return new JsonObject().put("files", all).toBuffer().getBytes();
    }

    static Manifest of(byte[] bytes) {
        List<Entry> files = new ArrayList<>();
        for (Object one : new JsonObject(Buffer.buffer(bytes)).getJsonArray("files")) {
            JsonObject file = (JsonObject) one;
            files.add(new Entry(
                    file.getString("name"),
                    file.getLong("size"),
                    buffer(file.getString("sha256")),
                    file.getJsonArray("pieces").stream()
                            .map(name -> buffer(String.valueOf(name)))
                            .toList()));
        }
        return new Manifest(List.copyOf(files));
    }

    private static String text(Buffer bytes) {
        return Base64.getEncoder().encodeToString(bytes.getBytes());
    }

    private static Buffer buffer(String text) {
        return Buffer.buffer(Base64.getDecoder().decode(text));
    }
}
