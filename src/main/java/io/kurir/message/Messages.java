package io.kurir.message;

import io.kurir.Names;
import io.kurir.Settings;
import io.kurir.access.Reach;
import io.kurir.bus.Bus;
import io.kurir.contact.Contacts;
import io.kurir.contact.NumberChecks;
import io.kurir.contact.PhoneNumbers;
import io.kurir.http.Problem;
import io.kurir.session.Device;
import io.kurir.session.DeviceState;
import io.kurir.session.Devices;
import io.kurir.session.Owners;
import io.kurir.session.SessionApi;
import io.kurir.suppression.Suppressions;
import io.kurir.trace.Span;
import io.kurir.trace.Traces;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.Jid;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Sending and looking up messages. To be called on a virtual thread. Over 300 lines: the one way of all sends, with its repeats. */
public final class Messages {
    private static final Duration ASKING = Duration.ofSeconds(10);

    /**
     * One text. {@code to} in any form that {@code product.md} allows: {@code +62…}, bare digits, {@code 08…} in the device's country,
     * or a JID.
     *
     * @param quoted the message that this one answers: our number, the stanza id, or the serialized form
     */
    public record NewText(
            String to,
            String text,
            Optional<String> quoted,
            List<String> mentions,
            boolean typing,
            Optional<Integer> maxAttempts) {
        public NewText(String to, String text, Optional<String> quoted, List<String> mentions, boolean typing) {
            this(to, text, quoted, mentions, typing, Optional.empty());
        }
    }

    /**
     * A message of any kind.
     *
     * @param at what stands before the names of fields in a complaint, such as {@code messages[3].}; mostly empty
     * @param media the hash of its file, which the media store has
     * @param maxAttempts empty: as configured
     */
    public record NewMessage(
            String to,
            Content content,
            Optional<String> media,
            Optional<String> quoted,
            List<String> mentions,
            boolean typing,
            String at,
            Optional<Integer> maxAttempts) {

        public NewMessage(
                String to,
                Content content,
                Optional<String> media,
                Optional<String> quoted,
                List<String> mentions,
                boolean typing,
                String at) {
            this(to, content, media, quoted, mentions, typing, at, Optional.empty());
        }

        static NewMessage of(NewText text) {
            return of("", text);
        }

        public static NewMessage of(String at, NewText text) {
            return new NewMessage(
                    text.to(),
                    new Content.Text(text.text()),
                    Optional.empty(),
                    text.quoted(),
                    text.mentions(),
                    text.typing(),
                    at,
                    text.maxAttempts());
        }
    }

    /**
     * A message that goes out as soon as it can.
     *
     * @param maxAttempts empty: as configured
     * @param nextAttempt when it is tried again, after an attempt that failed
     */
    public record Queued(Message message, Optional<Integer> maxAttempts, Optional<Instant> nextAttempt) {}

    /** {@code finished}: the server's ack is there, or the message has failed for good; else it goes on by itself. */
    public record Sent(Message message, boolean finished) {}

    private final Pool pool;
    private final Devices devices;
    private final MessageStore store;
    private final OutboxStore outbox;
    private final Acceptor acceptor;
    private final Outcomes outcomes;
    private final NumberChecks numbers;
    private final Contacts contacts;
    private final Owners owners;
    private final Supplier<Settings.Send> send;
    private final Traces traces;
    private final Map<String, Integer> waiting = new ConcurrentHashMap<>();

    public Messages(
            Vertx vertx,
            Pool pool,
            Bus bus,
            Owners owners,
            Devices devices,
            NumberChecks numbers,
            Contacts contacts,
            Supplier<Settings.Send> send,
            Traces traces) {
        this.pool = pool;
        this.devices = devices;
        this.store = new MessageStore(pool);
        this.outbox = new OutboxStore(pool);
        this.acceptor = new Acceptor(vertx, store, new Outbox(pool, bus));
        this.outcomes = new Outcomes(bus);
        this.numbers = numbers;
        this.contacts = contacts;
        this.owners = owners;
        this.send = send;
        this.traces = traces;
    }

    /**
     * Accepts a text and waits for the server's ack, at most {@code send.sync-timeout}. Committed before anything is dispatched.
     *
     * @throws io.kurir.http.Problem {@code INVALID_PAYLOAD} (number, quote), {@code SESSION_NOT_READY}, {@code NUMBER_NOT_ON_WHATSAPP}: nothing stored.
     *     {@code RECIPIENT_SUPPRESSED}: they said stop, and this is no reply.
     *     {@code RATE_LIMITED}: too many wait already. {@code NOT_AVAILABLE}: not dispatched in time and cancelled, nothing was sent.
     *     {@code SEND_FAILED}: WhatsApp refused it for good.
     */
    public Sent send(Reach reach, String deviceId, NewText text, Names names) {
        return send(reach, deviceId, NewMessage.of(text), names);
    }

    /** As {@link #send(Reach, String, NewText, Names)}, for any kind of message. */
    public Sent send(Reach reach, String deviceId, NewMessage text, Names names) {
        Slot slot = slot(deviceId, names);
        if (slot.taken().isPresent()) {
            devices.get(reach, deviceId);
            return present(slot.taken().get());
        }
        boolean quotes = text.quoted().isPresent(); // must not tell of messages that are out of reach
        if (quotes) {
            requireConnected(reach, deviceId);
        }
        MessageStore.Accepting accepting = accepting(reach, deviceId, text, slot.stanzaId(), false);
        // Whom the device belongs to and whether it is connected is judged by the commit itself: one query less on the
        // hot path.
        if (!numbers.remembers(accepting.chat()) && !quotes) {
            requireConnected(reach, deviceId);
        }
        checkOnWhatsApp(deviceId, accepting.chat());
        return inPlace(deviceId, () -> sendAndWait(reach, accepting));
    }

    /** Takes one of the places for requests that wait on this node; {@code RATE_LIMITED} when the device has none left. */
    public <T> T inPlace(String deviceId, Supplier<T> wait) {
        takePlace(deviceId);
        try {
            return wait.get();
        } finally {
            waiting.merge(deviceId, -1, Integer::sum);
        }
    }

    /** The id that a message goes out under, and the one that has it already. */
    private record Slot(String stanzaId, Optional<Message> taken) {}

    private Slot slot(String deviceId, Names names) {
        String stanzaId = StanzaId.mint(names);
        Optional<Message> there = names.repeatable() ? find(deviceId, stanzaId) : Optional.empty();
        if (names.past()) {
            Message message = there.orElseThrow(
                    () -> Problem.of(Problem.Code.MESSAGE_NOT_FOUND, "the message of this request is no longer kept"));
            return new Slot(stanzaId, Optional.of(message));
        }
        // "nothing was sent" said the answer of that one, so the repeat sends
        return there.filter(message -> message.phase() == Message.Phase.CANCELLED)
                .map(_ -> slot(deviceId, names))
                .orElseGet(() -> new Slot(stanzaId, there));
    }

    private static Sent present(Message message) {
        return new Sent(message, message.ack().reached(Ack.SERVER) || message.phase() == Message.Phase.FAILED);
    }

    /**
     * What an earlier run of the same request has sent, as it is now; to be asked before anything that could refuse the repeat. {@code names} must
     * be at their beginning, and are used up: give {@code names.again()}.
     */
    public Optional<Sent> earlier(Reach reach, String deviceId, Names names) {
        if (!names.repeatable()) {
            return Optional.empty();
        }
        Optional<Message> taken = slot(deviceId, names).taken();
        taken.ifPresent(_ -> devices.get(reach, deviceId));
        return taken.map(Messages::present);
    }

    /** {@code SESSION_NOT_READY} unless the device is connected; waits a while for one that changes nodes. */
    public void requireConnected(Reach reach, String deviceId) {
        Device device = devices.settled(devices.get(reach, deviceId), patience());
        if (device.state() != DeviceState.CONNECTED) {
            throw Problem.of(
                    Problem.Code.SESSION_NOT_READY,
                    "device " + deviceId + " is " + device.state().word() + ", not connected");
        }
    }

    private Duration patience() {
        Duration half = send.get().syncTimeout().dividedBy(2);
        return half.compareTo(ASKING) < 0 ? half : ASKING;
    }

    /** What can be known before the file of a message is brought: the device, the recipient, and whether it may be written to. */
    public void requireSendable(Reach reach, String deviceId, String to) {
        requireConnected(reach, deviceId);
        checkOnWhatsApp(deviceId, recipient(reach, deviceId, "to", to));
    }

    /** Whether {@code to} can be read as a recipient at all. */
    void requireReadable(Reach reach, String deviceId, String field, String to) {
        recipient(reach, deviceId, field, to);
    }

    /** The international digits of a phone number. */
    String digits(String deviceId, String field, String written) {
        return PhoneNumbers.digits(field, written, devices.country(deviceId, written));
    }

    private Jid recipient(Reach reach, String deviceId, String field, String written) {
        Jid to = PhoneNumbers.recipient(field, written, devices.country(deviceId, written));
        if (to.isGroup() && !reach.equals(Reach.ALL)) {
            throw Problem.of(Problem.Code.FORBIDDEN, "Only an admin may write to groups");
        }
        return to;
    }

    /**
     * Accepts a message that goes out as soon as it can: the device need not be connected, and whether the recipient is on WhatsApp shows when it is
     * sent.
     *
     * @throws io.kurir.http.Problem {@code INVALID_PAYLOAD}, {@code FORBIDDEN}, {@code SESSION_NOT_FOUND}, {@code RECIPIENT_SUPPRESSED}: nothing stored
     */
    public Queued queue(Reach reach, String deviceId, NewText text, Names names) {
        Slot slot = slot(deviceId, names);
        if (slot.taken().isPresent()) {
            return queued(reach, slot.taken().get().id());
        }
        MessageStore.Accepting accepting = accepting(reach, deviceId, NewMessage.of(text), slot.stanzaId(), true);
        return accept(accepting)
                .map(accepted -> new Queued(accepting.asQueued(accepted), accepting.maxAttempts(), Optional.empty()))
                .or(() -> find(deviceId, slot.stanzaId()) // another run of the same request was faster
                        .map(message -> queued(reach, message.id())))
                .orElseThrow(() -> {
                    devices.get(reach, deviceId);
                    return suppressed(accepting.chat());
                });
    }

    /** An outgoing message of any device within reach, by our number; {@code MESSAGE_NOT_FOUND} else. */
    public Queued queued(Reach reach, long id) {
        return store.queued(reach, id)
                .await()
                .orElseThrow(() -> Problem.of(Problem.Code.MESSAGE_NOT_FOUND, "no message " + id));
    }

    private static Problem suppressed(Jid chat) {
        return Problem.of(
                Problem.Code.RECIPIENT_SUPPRESSED,
                chat + " said stop; only a reply may be sent: quote a message of theirs");
    }

    private MessageStore.Accepting accepting(
            Reach reach, String deviceId, NewMessage message, String stanzaId, boolean whenever) {
        Draft draft = draft(reach, deviceId, message);
        return new MessageStore.Accepting(
                deviceId,
                reach,
                stanzaId,
                draft.chat(),
                draft.content(),
                draft.media(),
                draft.quoted(),
                draft.mentions(),
                draft.typing(),
                Lane.INTERACTIVE,
                message.maxAttempts(),
                whenever,
                Optional.empty());
    }

    /** What is to be sent some day; whether the recipient is on WhatsApp is not asked. Throws {@code INVALID_PAYLOAD}, {@code FORBIDDEN}. */
    public Draft draft(Reach reach, String deviceId, NewMessage message) {
        Jid to = contacts.outward(deviceId, recipient(reach, deviceId, message.at() + "to", message.to()))
                .await();
        List<Jid> mentions = message.mentions().stream()
                .map(mention ->
                        PhoneNumbers.recipient(message.at() + "mentions", mention, devices.country(deviceId, mention)))
                .toList();
        return new Draft(
                to,
                Drafts.finished(message.at(), message.content(), mentions),
                message.media(),
                message.quoted().map(quoted -> quotedId(message.at(), deviceId, quoted)),
                mentions,
                message.typing());
    }

    private String quotedId(String at, String deviceId, String anyId) {
        return find(deviceId, anyId)
                .map(Message::stanzaId)
                .orElseThrow(() -> Problem.invalid(at + "quotedMessageId", "is not a message of this device"));
    }

    private void checkOnWhatsApp(String deviceId, Jid to) {
        if (!to.isPhone()) {
            return;
        }
        Span here = Span.current(); // the number is looked for in Redis first, whose answer comes on another thread
        boolean there = numbers.check(
                        to,
                        () -> here.within(() -> owners.ask(
                                        deviceId,
                                        SessionApi.checkNumbers(deviceId),
                                        new SessionApi.CheckNumbers(deviceId, List.of(to.user())),
                                        ASKING))
                                .map(answer -> answer.onWhatsApp().contains(to.user()))
                                .recover(Messages::notRunning))
                .await();
        if (!there) {
            throw Problem.of(Problem.Code.NUMBER_NOT_ON_WHATSAPP, to.user() + " is not on WhatsApp");
        }
    }

    private static <T> Future<T> notRunning(Throwable why) {
        return Future.failedFuture(
                why instanceof Bus.Nobody || why instanceof Bus.NotOwner
                        ? Problem.of(Problem.Code.SESSION_NOT_READY, "the device's session is not running")
                        : why);
    }

    private void takePlace(String deviceId) {
        int taken = waiting.merge(deviceId, 1, Integer::sum);
        int places = send.get().syncQueue();
        if (taken > places) {
            waiting.merge(deviceId, -1, Integer::sum);
            throw Problem.later(
                    Problem.Code.RATE_LIMITED, places + " sends of this device wait on this node already", placeFree());
        }
    }

    /**
     * Until a place is free for one that can then be dispatched within its time: those who wait have gone out by then, or have been given up. The
     * budget lets one go at a time.
     */
    private Duration placeFree() {
        Settings.Send settings = send.get();
        double each = 60.0 / settings.perMinute();
        double patience = (double) settings.syncTimeout().toSeconds();
        double beyond = Math.min(settings.syncQueue() * each - patience, patience);
        return Duration.ofSeconds((long) Math.ceil(Math.max(1, Math.max(each, beyond))));
    }

    private Sent sendAndWait(Reach reach, MessageStore.Accepting accepting) {
        Future<Settled.Change> outcome = outcomes.await(accepting.stanzaId());
        try {
            Optional<MessageStore.Accepted> accepted = accept(accepting);
            if (accepted.isEmpty() && connectedMeanwhile(reach, accepting.deviceId())) {
                accepted = accept(accepting);
            }
            if (accepted.isEmpty()) {
                // by another run of the same request, at this very moment
                return find(accepting.deviceId(), accepting.stanzaId())
                        .map(Messages::present)
                        .orElseThrow(() -> notAccepted(reach, accepting));
            }
            return settled(accepting, accepted.get(), outcome);
        } finally {
            outcomes.forget(accepting.stanzaId());
        }
    }

    private Optional<MessageStore.Accepted> accept(MessageStore.Accepting accepting) {
        Span span = traces.put("outbox put")
                .with("kurir.device.id", accepting.deviceId())
                .with("kurir.message.id", accepting.stanzaId());
        return span.until(acceptor.accept(accepting.traced(span.traceparent()))).await();
    }

    /** It was changing nodes, and no longer is. */
    private boolean connectedMeanwhile(Reach reach, String deviceId) {
        Device before = devices.get(reach, deviceId);
        return before.state() != DeviceState.CONNECTED
                && devices.settled(before, patience()).state() == DeviceState.CONNECTED;
    }

    private Problem notAccepted(Reach reach, MessageStore.Accepting accepting) {
        requireConnected(reach, accepting.deviceId());
        Suppressions.Letter letter =
                new Suppressions.Letter(accepting.deviceId(), accepting.chat(), accepting.quoted());
        return Suppressions.refuses(pool, letter).await()
                ? suppressed(accepting.chat())
                : Problem.of(Problem.Code.SESSION_NOT_READY, "device " + accepting.deviceId() + " was not connected");
    }

    private Sent settled(
            MessageStore.Accepting accepting, MessageStore.Accepted accepted, Future<Settled.Change> outcome) {
        // not await(timeout): on Vert.x 5.0.10 a virtual thread whose await timed out cannot await again
        Optional<Settled.Change> change = outcome.timeout(
                        send.get().syncTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .map(Optional::of)
                .otherwise(Optional.empty())
                .await();
        if (change.isEmpty()) {
            return late(accepting.deviceId(), accepted);
        }
        if (change.get().phase() == Message.Phase.FAILED) {
            throw Outcomes.refused(change.get().failure());
        }
        return new Sent(accepting.asSent(accepted, change.get()), true);
    }

    private Sent late(String deviceId, MessageStore.Accepted accepted) {
        if (outbox.cancel(accepted.id(), "not dispatched in time").await()) {
            throw Problem.later(
                    Problem.Code.NOT_AVAILABLE,
                    "not dispatched within " + send.get().syncTimeout().toSeconds()
                            + " s and cancelled; nothing was sent",
                    Duration.ofSeconds(5));
        }
        Message message = find(deviceId, accepted.stanzaId())
                .orElseThrow(() -> Problem.of(Problem.Code.MESSAGE_NOT_FOUND, "the message is gone with its device"));
        return present(message);
    }

    /** Completes with the outcome of a message that is yet to be committed; {@link #forget} it in the end. */
    public Future<?> outcome(String stanzaId) {
        return outcomes.await(stanzaId);
    }

    public void forget(String stanzaId) {
        outcomes.forget(stanzaId);
    }

    /** By our number, the stanza id, or the serialized form; {@code MESSAGE_NOT_FOUND} else. */
    public Message get(Reach reach, String deviceId, String anyId) {
        devices.get(reach, deviceId);
        return find(deviceId, anyId)
                .orElseThrow(() -> Problem.of(Problem.Code.MESSAGE_NOT_FOUND, "no message " + anyId));
    }

    /** Messages of a device that the caller can reach, by our numbers; what is not there is left out. */
    public Map<Long, Message> known(String deviceId, List<Long> ids) {
        return ids.isEmpty()
                ? Map.of()
                : store.getAll(deviceId, ids).await().stream()
                        .collect(Collectors.toMap(Message::id, message -> message));
    }

    private Optional<Message> find(String deviceId, String anyId) {
        // 18 digits always fit; a stanza id of digits only that is longer than that is no number of ours
        long id = anyId.matches("[0-9]{1,18}") ? Long.parseLong(anyId) : -1;
        return store.get(deviceId, id, StanzaId.of(anyId)).await();
    }
}
