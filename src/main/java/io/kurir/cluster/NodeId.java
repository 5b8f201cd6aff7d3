package io.kurir.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** The name of a node, made once and kept in its data folder: leases of its earlier lives are its own. */
public final class NodeId {
    private NodeId() {}

    /** The folder must be locked by this process: two living nodes of one name would both believe in their leases. */
    public static String of(Path data) {
        Path file = data.resolve("node-id");
        try {
            if (Files.exists(file)) {
                String kept = Files.readString(file).strip();
                if (!kept.isEmpty()) {
                    return kept;
                }
            }
            String made = "node-" + UUID.randomUUID().toString().substring(0, 8);
            Files.createDirectories(data);
            Files.writeString(file, made + "\n");
            return made;
        } catch (IOException unwritable) {
            throw new UncheckedIOException("cannot keep the node's name in " + data, unwritable);
        }
    }
}
