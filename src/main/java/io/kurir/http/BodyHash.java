package io.kurir.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.FileUpload;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * SHA-256 of what a request says beside its path: the query, and the bytes of the body; of a form its fields and files, because each client draws
 * other lines between them.
 */
final class BodyHash {
    private static final int LARGE = 256 * 1024;
    private static final int PIECE = 64 * 1024;

    private BodyHash() {}

    /** On a virtual thread; large ones are read elsewhere. */
    static Buffer of(RoutingContext ctx) {
        boolean spooled = Spool.of(ctx).isPresent();
        Optional<Buffer> body =
                spooled ? Optional.empty() : Optional.ofNullable(ctx.body().buffer());
        boolean large = spooled
                || !ctx.fileUploads().isEmpty()
                || body.filter(bytes -> bytes.length() > LARGE).isPresent();
        return Buffer.buffer(
                large
                        ? ctx.vertx()
                                .executeBlocking(() -> hash(ctx, body), false)
                                .await()
                        : hash(ctx, body));
    }

    /** Of a request that did not come by HTTP. */
    static Buffer of(Buffer body) {
        return Buffer.buffer(sha256().digest(body.getBytes()));
    }

    private static byte[] hash(RoutingContext ctx, Optional<Buffer> body) {
        MessageDigest digest = sha256();
        add(digest, Optional.ofNullable(ctx.request().query()).orElse(""));
        Optional<Path> spooled = Spool.of(ctx);
        if (spooled.isPresent()) {
            digest.update(file(spooled.get()));
        } else if (Bodies.isForm(ctx)) {
            form(ctx, digest);
        } else {
            body.ifPresent(bytes -> digest.update(bytes.getBytes()));
        }
        return digest.digest();
    }

    private static void form(RoutingContext ctx, MessageDigest digest) {
        var fields = ctx.request().formAttributes();
        for (String name : new TreeSet<>(fields.names())) {
            fields.getAll(name).forEach(value -> {
                add(digest, name);
                add(digest, value);
            });
        }
        List<FileUpload> files = ctx.fileUploads().stream()
                .sorted(Comparator.comparing(FileUpload::name))
                .toList();
        for (FileUpload file : files) {
            add(digest, file.name());
            add(digest, Optional.ofNullable(file.fileName()).orElse(""));
            add(digest, Optional.ofNullable(file.contentType()).orElse(""));
            digest.update(file(Path.of(file.uploadedFileName())));
        }
    }

    /** With its length, so that no two lists of texts give the same bytes. */
    private static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(
                java.nio.ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
        digest.update(bytes);
    }

    private static byte[] file(Path file) {
        MessageDigest digest = sha256();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] piece = new byte[PIECE];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                digest.update(piece, 0, count);
            }
            return digest.digest();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
