package io.kurir.batch;

import io.kurir.Names;
import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.Jid;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a request wants sent, without its items.
 *
 * @param seed 16 bytes that the ids of its messages come from
 * @param template of the words, also of captions; empty where each item has its own
 * @param file one for all
 * @param typing whether the chats are shown "typing…" first
 * @param name for people
 */
record NewBatch(
        String jobId,
        Buffer seed,
        String kind,
        Optional<Template> template,
        Optional<File> file,
        boolean typing,
        Pace pace,
        Optional<Instant> startsAt,
        Optional<String> name) {

    /** {@code hash}: the media store has it. */
    record File(Content.Media content, String hash) {}

    /**
     * One of its items; what is empty comes from the batch.
     *
     * @param index in the request, from 0
     */
    record Item(
            int index,
            Jid chat,
            Optional<String> body,
            Optional<JsonObject> variables,
            Optional<JsonObject> content,
            Optional<String> media,
            Optional<String> quoted,
            List<Jid> mentions,
            boolean typing) {

        Item to(Jid other) {
            return new Item(index, other, body, variables, content, media, quoted, mentions, typing);
        }

        /** {@code hash}: the media store has it. */
        Item with(JsonObject file, String hash) {
            return new Item(
                    index, chat, body, variables, Optional.of(file), Optional.of(hash), quoted, mentions, typing);
        }
    }

    /** The first of the names. */
    static String jobId(Names names) {
        return "job-" + names.hex(12);
    }

    static NewBatch named(
            Names names,
            String kind,
            Optional<Template> template,
            Optional<File> file,
            boolean typing,
            Pace pace,
            Optional<Instant> startsAt,
            Optional<String> name) {
        return new NewBatch(
                jobId(names), Buffer.buffer(names.bytes(16)), kind, template, file, typing, pace, startsAt, name);
    }
}
