package io.kurir.whatsapp.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kurir.whatsapp.Command;
import io.kurir.whatsapp.PageException;
import io.kurir.whatsapp.PageException.Kind;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings files into a page and out of it. Chromium itself reads what is sent; what comes is read from it in pieces of 256 KiB, so that memory does
 * not grow with a file. The page's side is {@code bridge/files.js}. Called on the browser's context.
 */
final class PageFiles {
    private static final Logger LOG = LoggerFactory.getLogger(PageFiles.class);
    private static final int PIECE_BYTES = 256 << 10;

    private final Vertx vertx;
    private final BiFunction<String, ObjectNode, Future<JsonNode>> call;

    /** @param call asks the page's DevTools session */
    PageFiles(Vertx vertx, BiFunction<String, ObjectNode, Future<JsonNode>> call) {
        this.vertx = vertx;
        this.call = call;
    }

    /** Puts the files of messages where the bridge takes them from. */
    Future<Void> attach(Command.Send send) {
        return Future.join(send.messages().stream()
                        .flatMap(message -> message.file().stream().map(file -> attach(message.stanzaId(), file)))
                        .toList())
                .mapEmpty();
    }

    private Future<Void> attach(String stanzaId, Path file) {
        return object("input", stanzaId)
                .compose(input -> {
                    ObjectNode parameters = Cdp.parameters().put("objectId", input);
                    parameters.putArray("files").add(file.toAbsolutePath().toString());
                    return call.apply("DOM.setFileInputFiles", parameters).eventually(() -> release(input));
                })
                .mapEmpty();
    }

    /**
     * Writes what a command left in the page into a new file; one that was not written whole is removed.
     *
     * @param left the command's answer: {@code blob}, {@code mimetype}, {@code size}
     * @param end by {@link System#nanoTime}
     */
    Future<JsonNode> save(JsonNode left, Path into, long end) {
        String path = into.toString();
        return object("collect", left.path("blob").asText())
                .compose(blob -> stream(blob)
                        .compose(stream -> vertx.fileSystem()
                                .open(path, new OpenOptions().setRead(false).setCreateNew(true))
                                .compose(file -> new Copy(
                                                stream, file, left.path("size").asLong(), end)
                                        .run()
                                        .eventually(file::close)
                                        .recover(fault -> vertx.fileSystem()
                                                .delete(path)
                                                .eventually(() -> Future.failedFuture(fault)))))
                        .eventually(() -> release(blob)))
                .map(left);
    }

    private Future<String> stream(String blob) {
        return call.apply("IO.resolveBlob", Cdp.parameters().put("objectId", blob))
                .map(answer -> "blob:" + answer.path("uuid").asText());
    }

    /** DevTools' name of what the bridge gives. */
    private Future<String> object(String giver, String name) {
        String expression = "globalThis.__kurir?.%s(%s)"
                .formatted(giver, Cdp.JSON.getNodeFactory().textNode(name));
        return call.apply("Runtime.evaluate", Cdp.parameters().put("expression", expression))
                .map(answer -> {
                    String id = answer.path("result").path("objectId").asText();
                    if (id.isEmpty()) {
                        throw new PageException(Kind.FAILED, "there is no bridge in the page");
                    }
                    return id;
                });
    }

    private Future<Void> release(String object) {
        return call.apply("Runtime.releaseObject", Cdp.parameters().put("objectId", object))
                .onFailure(fault -> LOG.debug("the page keeps an object until it reloads", fault))
                .otherwise(Cdp.parameters())
                .mapEmpty();
    }

    /** One file on its way from the page to the disk; one piece after the other. */
    private final class Copy {
        private final String stream;
        private final AsyncFile file;
        private final long size;
        private final long end;
        private long written;
        private final Promise<Void> done = Promise.promise();

        Copy(String stream, AsyncFile file, long size, long end) {
            this.stream = stream;
            this.file = file;
            this.size = size;
            this.end = end;
        }

        Future<Void> run() {
            next();
            return done.future();
        }

        private void next() {
            if (System.nanoTime() > end) {
                done.fail(new PageException(Kind.TIMEOUT, "the file was not read in time"));
                return;
            }
            ObjectNode piece = Cdp.parameters().put("handle", stream).put("offset", written);
            call.apply("IO.read", piece.put("size", PIECE_BYTES))
                    .map(this::bytes)
                    .compose(bytes -> file.write(bytes).map(bytes.length()))
                    .onFailure(done::fail)
                    .onSuccess(this::wrote);
        }

        /** By the count: a file that the page gave in part is not a file. */
        private void wrote(int bytes) {
            written += bytes;
            if (written >= size) {
                done.complete();
            } else if (bytes == 0) {
                done.fail(new PageException(Kind.FAILED, "the page gave " + written + " of " + size + " bytes"));
            } else {
                next();
            }
        }

        private Buffer bytes(JsonNode piece) {
            String data = piece.path("data").asText();
            return Buffer.buffer(
                    piece.path("base64Encoded").asBoolean()
                            ? Base64.getDecoder().decode(data)
                            : data.getBytes(StandardCharsets.UTF_8));
        }
    }
}
