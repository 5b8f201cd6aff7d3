package io.kurir.batch;

import io.kurir.contact.Contact;
import io.kurir.contact.Contacts;
import io.kurir.http.BodyItems;
import io.kurir.http.Problem;
import io.kurir.http.Problem.Detail;
import io.kurir.media.Intake;
import io.kurir.message.Contents;
import io.kurir.whatsapp.Jid;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Writes one batch down, a thousand items at a time, so that 100,000 of them are never in memory; only their recipients are, to find those that come
 * twice. Nothing is published while a single item is wrong, but all are read, so that all that are wrong are named. Used once, on a virtual
 * thread.
 */
final class Staging {
    static final int MOST = 100_000;
    private static final int AT_ONCE = 1_000;
    private static final int MOST_DETAILS = 1_000;
    private static final int MOST_DUPLICATES = 1_000;
    private static final int MOST_FILES = 1_000;

    private final Vertx vertx;
    private final StagingStore store;
    private final Contacts contacts;
    private final Intake intake;
    private final String deviceId;
    private final NewBatch batch;
    private final ItemReader reader;

    private final Map<String, Integer> seen = new HashMap<>();
    private final Map<String, Intake.Taken> files = new HashMap<>();
    private final JsonArray duplicates = new JsonArray();
    private final List<Detail> wrong = new ArrayList<>();
    private Optional<Long> id = Optional.empty();
    private int wrongMore;
    private int count;
    private int filesTaken;

    Staging(
            Vertx vertx,
            StagingStore store,
            Contacts contacts,
            Intake intake,
            String deviceId,
            NewBatch batch,
            ItemReader reader) {
        this.vertx = vertx;
        this.store = store;
        this.contacts = contacts;
        this.intake = intake;
        this.deviceId = deviceId;
        this.batch = batch;
        this.reader = reader;
    }

    /** Publishes the batch. */
    void write(BodyItems items) {
        try {
            while (writeNext(items)) {}
            require(items.list());
            long staged = id.orElseThrow();
            if (!store.publish(staged, seen.size(), count - seen.size(), duplicates)
                    .await()) {
                throw Problem.of(Problem.Code.SESSION_NOT_FOUND, "device " + deviceId + " is gone");
            }
        } catch (RuntimeException refused) {
            store.drop(deviceId, batch.jobId()).otherwiseEmpty().await();
            throw refused;
        }
    }

    private boolean writeNext(BodyItems items) {
        List<ItemReader.Read> next = vertx.executeBlocking(
                        () -> items.next(AT_ONCE).stream()
                                .map(item -> reader.read(items.list(), item))
                                .toList(),
                        false)
                .await();
        count += next.size();
        if (count > MOST) {
            throw Problem.invalid(items.list(), "must have at most " + MOST + " items");
        }
        next.forEach(read -> read.wrong().forEach(this::complain));
        if (wrong.isEmpty() && !next.isEmpty()) {
            stage(next);
        }
        return !next.isEmpty();
    }

    private void complain(Detail detail) {
        if (wrong.size() < MOST_DETAILS) {
            wrong.add(detail);
        } else {
            wrongMore++;
        }
    }

    private void require(String list) {
        if (count == 0) {
            throw Problem.invalid(list, "must have at least 1 items");
        }
        if (!wrong.isEmpty()) {
            if (wrongMore > 0) {
                wrong.add(new Detail(list, "has " + wrongMore + " more that are wrong"));
            }
            throw Problem.invalid(wrong);
        }
    }

    private void stage(List<ItemReader.Read> next) {
        List<Jid> lids = next.stream()
                .flatMap(read -> read.item().stream())
                .map(NewBatch.Item::chat)
                .filter(Jid::isLid)
                .toList();
        Function<Jid, Contact> names = contacts.names(deviceId, lids).await();
        List<NewBatch.Item> items = new ArrayList<>();
        for (ItemReader.Read read : next) {
            NewBatch.Item item = read.item().orElseThrow();
            NewBatch.Item complete = withFile(
                    item.chat().isLid() ? item.to(names.apply(item.chat()).id()) : item, read.file());
            if (isFirst(complete)) {
                items.add(complete);
            }
        }
        if (id.isEmpty()) {
            id = store.create(deviceId, batch).await();
        }
        store.stage(id.orElseThrow(() -> Problem.of(Problem.Code.SESSION_NOT_FOUND, "no device " + deviceId)), items)
                .await();
    }

    /** The same recipient twice is one too many, unless it is to get something else. */
    private boolean isFirst(NewBatch.Item item) {
        String key = item.body().isEmpty() && item.media().isEmpty()
                ? item.chat().toString()
                : item.chat() + " "
                        + digest(item.media().orElse("") + " " + item.body().orElse(""));
        Integer first = seen.putIfAbsent(key, item.index());
        if (first != null && duplicates.size() < MOST_DUPLICATES) {
            duplicates.add(new JsonObject()
                    .put("index", item.index())
                    .put("of", first)
                    .put("to", item.chat().toString()));
        }
        return first == null;
    }

    /** Long texts need not be in memory to tell them apart. */
    private static String digest(String words) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(words.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    private NewBatch.Item withFile(NewBatch.Item item, Optional<ItemReader.OwnFile> own) {
        return own.map(file -> {
                    Intake.Taken taken = take(file);
                    return item.with(Contents.json(taken.content()).orElseThrow(), taken.hash());
                })
                .orElse(item);
    }

    private Intake.Taken take(ItemReader.OwnFile file) {
        String key = file.source() instanceof Intake.Url url ? url.url() + "\n" + file.said() : "";
        Intake.Taken known = files.get(key);
        if (known != null) {
            return known;
        }
        if (++filesTaken > MOST_FILES) {
            throw Problem.invalid(file.at() + "file", "is one more than the " + MOST_FILES + " that a job may have");
        }
        Intake.Taken taken = intake.take(file.at(), file.source(), file.said());
        if (!key.isEmpty()) {
            files.put(key, taken);
        }
        return taken;
    }
}
