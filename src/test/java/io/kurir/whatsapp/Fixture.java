package io.kurir.whatsapp;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** One adapter with one linked device in one of WhatsApp's ways to address chats; each test writes to people of its own. */
public final class Fixture implements AutoCloseable {
    private final Rig rig = new Rig();
    private final WhatsApp whatsApp;
    private final TestDevice device;
    private final AtomicInteger people = new AtomicInteger();

    public Fixture(boolean lidChats, boolean dropRepeatedIds, Function<Rig, WhatsApp> start) {
        rig.knobs(new JsonObject().put("lidChats", lidChats).put("dropRepeatedIds", dropRepeatedIds));
        this.whatsApp = start.apply(rig);
        this.device = TestDevice.open(rig, whatsApp).link();
    }

    Rig rig() {
        return rig;
    }

    TestDevice device() {
        return device;
    }

    /** The digits of somebody new. */
    String person() {
        return "62822000%05d1".formatted(people.incrementAndGet());
    }

    static String id() {
        return "3EB0"
                + UUID.randomUUID().toString().replace("-", "").substring(0, 16).toUpperCase(Locale.ROOT);
    }

    /** A file with these bytes, on the disk for as long as the tests run. */
    static Path file(byte[] bytes) {
        try {
            Path file = Files.createTempFile("kurir", ".bin");
            file.toFile().deleteOnExit();
            return Files.write(file, bytes);
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    @Override
    public void close() {
        Rig.get(whatsApp.close());
        rig.close();
    }
}
