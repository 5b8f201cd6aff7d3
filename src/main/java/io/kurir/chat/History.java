package io.kurir.chat;

import io.kurir.access.Reach;
import io.kurir.contact.Contact;
import io.kurir.contact.Contacts;
import io.kurir.contact.PhoneNumbers;
import io.kurir.http.Problem;
import io.kurir.message.Message;
import io.kurir.message.Messages;
import io.kurir.session.DeviceState;
import io.kurir.session.Devices;
import io.kurir.session.Pages;
import io.kurir.whatsapp.IncomingMessage;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.Request;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The messages of one chat, from WhatsApp, from our own table, or from both. To be called on a virtual thread. */
public final class History {
    private static final Set<DeviceState> SOON =
            EnumSet.of(DeviceState.CONNECTING, DeviceState.SYNCING, DeviceState.RECOVERING, DeviceState.DISCONNECTED);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);
    private static final Duration SHORTEST_ANSWER = Duration.ofSeconds(10);

    // What WhatsApp's side of the answer may lack without failing the whole of it.
    private static final Set<Problem.Code> BEARABLE = EnumSet.of(
            Problem.Code.SESSION_NOT_READY,
            Problem.Code.NOT_AVAILABLE,
            Problem.Code.WHATSAPP_ERROR,
            Problem.Code.WHATSAPP_REFUSED,
            Problem.Code.CHAT_NOT_FOUND);

    /** Whom to ask. {@code AUTO}: WhatsApp where it can be asked, and our table for what WhatsApp does not have any more. */
    public enum Source {
        AUTO,
        SERVER,
        STORE
    }

    /** Who answered. */
    public enum Answered {
        SERVER,
        STORE,
        BOTH
    }

    /**
     * What to read.
     *
     * @param limit 1–100
     * @param before our number, the stanza id or the serialized form of the message that the answer ends before; empty: the newest
     * @param patience how long a device may take to connect, and WhatsApp to answer
     */
    public record Query(int limit, Optional<String> before, Source source, Duration patience) {}

    /** Newest last; {@code chat} by number where it is known. */
    public record Page(Jid chat, Answered source, List<HistoryMessage> messages) {}

    /** {@code known}: all that our table has of the messages of the page, by our numbers. */
    public record Shown(Page page, Map<Long, Message> known) {}

    /** Where the answer ends: {@code stored} is there when the message is in our table. */
    private record Before(String stanzaId, Optional<Long> stored) {}

    private final Vertx vertx;
    private final Devices devices;
    private final Pages pages;
    private final Contacts contacts;
    private final Messages messages;
    private final ChatStore store;

    public History(Vertx vertx, Pool pool, Devices devices, Pages pages, Contacts contacts, Messages messages) {
        this.vertx = vertx;
        this.store = new ChatStore(pool);
        this.devices = devices;
        this.pages = pages;
        this.contacts = contacts;
        this.messages = messages;
    }

    /** A person as the device's country reads the number. */
    Jid person(String deviceId, String field, String written) {
        return PhoneNumbers.person(field, written, devices.country(deviceId, written));
    }

    /**
     * The newest messages that the query allows.
     *
     * @throws Problem {@code INVALID_PAYLOAD} ({@code before} is not a message of the chat); of {@code SERVER} only: {@code SESSION_NOT_READY},
     *     {@code CHAT_NOT_FOUND}, {@code NOT_AVAILABLE}
     */
    public Page read(Reach reach, String deviceId, Jid asked, Query query) {
        devices.get(reach, deviceId);
        Jid chat = contacts.names(deviceId, List.of(asked)).await().apply(asked).id();
        Optional<Before> before = query.before().map(id -> before(reach, deviceId, chat, id));
        return switch (query.source()) {
            case STORE -> stored(deviceId, chat, query.limit(), before);
            case SERVER -> {
                if (!connects(reach, deviceId, query.patience())) {
                    throw Problem.of(Problem.Code.SESSION_NOT_READY, "device " + deviceId + " is not connected");
                }
                yield new Page(chat, Answered.SERVER, served(deviceId, chat, query, before));
            }
            case AUTO ->
                connects(reach, deviceId, query.patience())
                        ? both(deviceId, chat, query, before)
                        : stored(deviceId, chat, query.limit(), before);
        };
    }

    /** As {@link #read}, with what our table knows of each message. */
    Shown show(Reach reach, String deviceId, Jid asked, Query query) {
        Page page = read(reach, deviceId, asked, query);
        List<Long> ours = page.messages().stream()
                .flatMap(message -> message.id().stream())
                .toList();
        return new Shown(page, messages.known(deviceId, ours));
    }

    private boolean connects(Reach reach, String deviceId, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            DeviceState state = devices.get(reach, deviceId).state();
            if (state == DeviceState.CONNECTED) {
                return true;
            }
            if (!SOON.contains(state) || System.nanoTime() >= deadline) {
                return false;
            }
            vertx.timer(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS).await();
        }
    }

    private Before before(Reach reach, String deviceId, Jid chat, String anyId) {
        try {
            Message message = messages.get(reach, deviceId, anyId);
            if (!message.chat().equals(chat)) {
                throw noMessage();
            }
            return new Before(message.stanzaId(), Optional.of(message.id()));
        } catch (Problem unknown) {
            if (unknown.code() != Problem.Code.MESSAGE_NOT_FOUND) {
                throw unknown;
            }
            String[] parts = anyId.split("_", -1); // true_628…@c.us_3EB0…
            return new Before(parts.length >= 3 ? parts[2] : anyId, Optional.empty());
        }
    }

    private static Problem noMessage() {
        return Problem.invalid("before", "is not a message of this chat");
    }

    private Page stored(String deviceId, Jid chat, int limit, Optional<Before> before) {
        if (before.isPresent() && before.get().stored().isEmpty()) {
            throw noMessage();
        }
        return new Page(
                chat,
                Answered.STORE,
                store.read(deviceId, chat, before.flatMap(Before::stored), Optional.empty(), limit)
                        .await());
    }

    private List<HistoryMessage> served(String deviceId, Jid chat, Query query, Optional<Before> before) {
        Request.History question = new Request.History(chat, query.limit(), before.map(Before::stanzaId));
        Duration patience = query.patience().compareTo(SHORTEST_ANSWER) > 0 ? query.patience() : SHORTEST_ANSWER;
        try {
            return named(
                    deviceId,
                    chat,
                    pages.ask(deviceId, question, patience).await().messages());
        } catch (Problem refused) {
            throw refused.code() == Problem.Code.MESSAGE_NOT_FOUND ? noMessage() : refused;
        }
    }

    /** Authors by their number and the name that we know, else as WhatsApp says. */
    private List<HistoryMessage> named(String deviceId, Jid chat, List<IncomingMessage> answered) {
        var known = contacts.find(
                        deviceId,
                        Stream.concat(Stream.of(chat), answered.stream().flatMap(each -> each.author().stream()))
                                .toList())
                .await();
        return answered.stream()
                .map(each -> HistoryMessage.of(each, chat))
                .map(each -> {
                    Optional<Contact> writer =
                            Optional.ofNullable(known.get(each.author().orElse(each.chat())));
                    return each.by(
                            each.author().map(jid -> writer.map(Contact::id).orElse(jid)),
                            each.outgoing()
                                    ? Optional.empty()
                                    : writer.flatMap(Contact::displayName).or(each::authorName));
                })
                .toList();
    }

    /** Ours where both have it, since ours knows more; where WhatsApp cannot be asked, ours alone. */
    private Page both(String deviceId, Jid chat, Query query, Optional<Before> before) {
        List<HistoryMessage> served;
        try {
            served = served(deviceId, chat, query, before);
        } catch (Problem lacking) {
            boolean oursGoesOn = before.map(each -> each.stored().isPresent()).orElse(true);
            boolean bearable = BEARABLE.contains(lacking.code())
                    || (lacking.code() == Problem.Code.INVALID_PAYLOAD && before.isPresent());
            if (!bearable || !oursGoesOn) {
                throw lacking;
            }
            return stored(deviceId, chat, query.limit(), before);
        }
        Optional<Long> beforeId = before.flatMap(Before::stored);
        // WhatsApp alone knows the message that it ends before: ours ends where its answer ends
        Optional<Instant> until = before.isPresent() && beforeId.isEmpty()
                ? Optional.of(
                        served.isEmpty() ? Instant.EPOCH : served.getLast().at())
                : Optional.empty();
        List<HistoryMessage> stored =
                store.read(deviceId, chat, beforeId, until, query.limit()).await();
        return new Page(chat, Answered.BOTH, merged(stored, served, query.limit()));
    }

    private static List<HistoryMessage> merged(List<HistoryMessage> stored, List<HistoryMessage> served, int limit) {
        Map<String, HistoryMessage> byId = new LinkedHashMap<>();
        stored.forEach(each -> byId.put(each.stanzaId(), each));
        served.forEach(each -> byId.merge(each.stanzaId(), each, HistoryMessage::with));
        List<HistoryMessage> all = new ArrayList<>(byId.values());
        // WhatsApp's times are whole seconds; within one the order of our table stays (the sort is stable)
        all.sort(Comparator.comparing(each -> each.at().truncatedTo(ChronoUnit.SECONDS)));
        return all.subList(Math.max(0, all.size() - limit), all.size());
    }
}
