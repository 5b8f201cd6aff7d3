package io.kurir.bus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kurir.client.Seal;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Frames as the nodes of a release send them, kept as they were. While nodes are replaced one by one, both releases are on the bus: a frame that can no
 * longer be read, or that loses what it said, breaks a cluster. So no line is ever changed or taken away until nobody runs that release any more; a
 * change that breaks this test needs another record or another address.
 *
 * <p>{@code -Dkurir.frames=write} adds the lines of what is new on the bus.
 */
class FramesTest {
    private static final Path FILE = Path.of("src/test/resources/bus/frames-0.1.txt");
    private static final String SECRET = "the secret of the frames that are kept";
    private static final Seal SEAL =
            new Seal(SECRET, Bus.NODES, InstantSource.fixed(Instant.parse("2026-01-15T08:30:00Z")));

    /** By what it carries: {@code kind TAB address TAB frame}. */
    private static Map<String, byte[]> kept() throws IOException {
        Map<String, byte[]> bodies = new LinkedHashMap<>();
        for (String line : Files.exists(FILE) ? Files.readAllLines(FILE) : List.<String>of()) {
            String[] parts = line.split("\t", -1);
            assertThat(SEAL.open(parts[1], Base64.getDecoder().decode(parts[2])))
                    .as(parts[0])
                    .isInstanceOfSatisfying(
                            Seal.Body.class,
                            body -> bodies.put(parts[0], body.content().getBytes()));
        }
        return bodies;
    }

    @Test
    void everyRecordOnTheBusIsKept() throws Exception {
        Map<String, Object> missing = new TreeMap<>(Samples.all());
        missing.keySet().removeAll(kept().keySet());
        if ("write".equals(System.getProperty("kurir.frames"))) {
            List<String> lines = new ArrayList<>();
            missing.forEach((name, record) -> lines.add(name + "\tan.address\t"
                    + Base64.getEncoder().encodeToString(SEAL.close("an.address", Records.write(record)))));
            Files.createDirectories(FILE.getParent());
            Files.write(FILE, lines, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            return;
        }
        assertThat(missing.keySet())
                .as("is new on the bus: run this test with -Dkurir.frames=write and commit the file")
                .isEmpty();
    }

    @Test
    void everyKeptFrameIsReadAndLosesNothing() throws Exception {
        Map<String, byte[]> kept = kept();
        assertThat(kept).hasSizeGreaterThan(40);
        List<String> faults = new ArrayList<>();
        kept.forEach((name, bytes) -> {
            try {
                Object read = Records.read(bytes);
                lost(name, Samples.tree(bytes), Samples.tree(Records.write(read)), faults);
                nulls(name, read, faults);
            } catch (IllegalArgumentException unreadable) {
                faults.add(name + " cannot be read: " + unreadable.getMessage());
            }
        });
        assertThat(faults).isEmpty();
    }

    /** A later release may say more. */
    private static void lost(String path, JsonNode before, JsonNode after, List<String> faults) {
        if (before.isObject() && after.isObject()) {
            before.properties()
                    .forEach(field ->
                            lost(path + "." + field.getKey(), field.getValue(), after.path(field.getKey()), faults));
        } else if (before.isArray() && after.isArray() && before.size() == after.size()) {
            for (int i = 0; i < before.size(); i++) {
                lost(path + "[" + i + "]", before.get(i), after.get(i), faults);
            }
        } else if (!before.equals(after)) {
            faults.add(path + " was " + before + " and is read as " + after);
        }
    }

    /** What the older release did not say must have a value all the same: an Optional, or one that the record's constructor sets. */
    private static void nulls(String path, Object value, List<String> faults) {
        switch (value) {
            case Record record -> {
                for (RecordComponent component : record.getClass().getRecordComponents()) {
                    String name = path + "." + component.getName();
                    Optional<Object> of = component(record, component);
                    of.ifPresentOrElse(each -> nulls(name, each, faults), () -> faults.add(name + " is null"));
                }
            }
            case Collection<?> items -> items.forEach(item -> nulls(path + "[]", item, faults));
            case Optional<?> maybe -> maybe.ifPresent(each -> nulls(path, each, faults));
            default -> {}
        }
    }

    private static Optional<Object> component(Record record, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            return Optional.ofNullable(component.getAccessor().invoke(record));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
