package io.kurir.simulator;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Files that were uploaded, encrypted, by an id that nobody can guess: in a folder that survives a restart, or in memory when there
 * is none. They are never removed but by a reset. Owned by the simulator's context.
 */
final class Blobs {
    /** Bytes of one encrypted file. */
    static final long LIMIT = 64L << 20;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Vertx vertx;
    private final Optional<Path> folder;
    private final Map<String, Buffer> memory = new HashMap<>();

    Blobs(Vertx vertx, Optional<Path> folder) {
        this.vertx = vertx;
        this.folder = folder;
    }

    static String newId() {
        byte[] random = new byte[16];
        RANDOM.nextBytes(random);
        return HexFormat.of().withUpperCase().formatHex(random);
    }

    /** Takes the body of a request, which was paused; completes with its id when it is stored. */
    Future<String> take(HttpServerRequest request) {
        String id = newId();
        if (folder.isEmpty()) {
            request.resume();
            return request.body().map(body -> {
                memory.put(id, body);
                return id;
            });
        }
        Path file = folder.get().resolve(id);
        return vertx.fileSystem()
                .mkdirs(folder.get().toString())
                .compose(made -> vertx.fileSystem().open(file.toString(), new OpenOptions()))
                .compose(request::pipeTo)
                .map(id)
                .onFailure(torn -> vertx.fileSystem().delete(file.toString()));
    }

    /** Answers with the file, or 404. */
    void give(HttpServerRequest request, String id) {
        var response = request.response().putHeader("content-type", "application/octet-stream");
        Optional<Buffer> held = Optional.ofNullable(memory.get(id));
        Optional<Path> file = folder.map(where -> where.resolve(id)).filter(Files::isRegularFile);
        if (!id.matches("[0-9A-F]{32}") || (held.isEmpty() && file.isEmpty())) {
            response.setStatusCode(404).end();
        } else if (file.isPresent()) {
            response.sendFile(file.get().toString());
        } else {
            response.end(held.get());
        }
    }

    /** Stores what a phone sends. Blocks for the time of a write: only the control plane does it. */
    String put(byte[] encrypted) {
        String id = newId();
        if (folder.isEmpty()) {
            memory.put(id, Buffer.buffer(encrypted));
            return id;
        }
        try {
            Files.createDirectories(folder.get());
            Files.write(folder.get().resolve(id), encrypted);
            return id;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a phone received. Blocks for the time of a read: only the control plane does it. */
    Optional<byte[]> get(String id) {
        Buffer held = memory.get(id);
        if (held != null) {
            return Optional.of(held.getBytes());
        }
        Optional<Path> file = folder.map(where -> where.resolve(id)).filter(Files::isRegularFile);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readAllBytes(file.get()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void clear() {
        memory.clear();
        if (folder.filter(Files::isDirectory).isEmpty()) {
            return;
        }
        try (Stream<Path> files = Files.list(folder.get())) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
