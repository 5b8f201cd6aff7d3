package io.kurir.simulator;

import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * How the network behaves and misbehaves. Set for everybody, and overridden per phone by name.
 *
 * <p>What concerns sending ({@code sendDelayMs, ackDelayMs, neverAck, failSend, failTimes, strangersLocked, dropBeforeAck, failUpload, editWindowMs}) is read from the
 * sender's phone; what concerns receiving ({@code deliverMs, readMs, dropRepeatedIds, duplicateDelivery}) from the recipient's;
 * {@code refTtlMs, refMax} only exist for everybody, since a page that shows a QR has no account yet.
 *
 * @param refTtlMs how long a QR code is shown before the next one
 * @param refMax how many QR codes are shown before the page has to ask again
 * @param syncDelayMs how long a page waits between login and the delivery of what was queued
 * @param sendDelayMs from the arrival of a message at the network to its being accepted
 * @param ackDelayMs from there to the answer
 * @param deliverMs from acceptance until a phone that acts by itself has the message; -1: it never does
 * @param readMs from acceptance until it reads it; -1: it never does
 * @param neverAck how many of the next messages are accepted and delivered but never answered; -1: all
 * @param failSend status with which messages are refused (500 …); 0: none is
 * @param failTimes how many of the next messages {@code failSend} refuses; -1: all
 * @param strangersLocked whether messages to people who have never written to this phone are refused with 463 (the "reach-out time-lock")
 * @param dropBeforeAck how many of the next messages are accepted and delivered, and then the socket dropped; -1: all
 * @param dropRepeatedIds whether a recipient ignores an id that it already has; otherwise it shows the repeat as another message
 * @param duplicateDelivery whether the network hands every message to the recipient twice
 * @param failUpload status with which files are refused; 0: none is
 * @param failDownload status instead of a file; 0: none
 * @param failMediaTimes how many of the next files {@code failUpload} and {@code failDownload} refuse; -1: all
 * @param editWindowMs for how long after a message was sent it may be edited
 * @param historyOnLink how many of the latest messages of each chat a page gets when it is linked
 * @param hideNumber whether others know this phone by its LID alone, until they are told; where chats go by number they cannot but know
 * @param deaf whether the network neither hears this phone's pages nor says anything to them, while their sockets stay open
 * @param lidChats whether chats between two are addressed by LID instead of by phone number
 * @param unpairBeforeReload whether a page that was logged out says UNPAIRED before it reloads
 */
record Knobs(
        int refTtlMs,
        int refMax,
        int syncDelayMs,
        int sendDelayMs,
        int ackDelayMs,
        int deliverMs,
        int readMs,
        int neverAck,
        int failSend,
        int failTimes,
        boolean strangersLocked,
        int dropBeforeAck,
        boolean dropRepeatedIds,
        boolean duplicateDelivery,
        int failUpload,
        int failDownload,
        int failMediaTimes,
        int editWindowMs,
        int historyOnLink,
        boolean hideNumber,
        boolean deaf,
        boolean lidChats,
        boolean unpairBeforeReload) {

    static final Knobs DEFAULT = new Knobs(
            20_000, 5, 1500, 0, 0, 30, 60, 0, 0, -1, false, 0, true, false, 0, 0, -1, 900_000, 0, false, false, false,
            false);

    /** These knobs with those that are named in {@code over} replaced; {@code over} has passed {@link #checked}. */
    Knobs with(JsonObject over) {
        return over.isEmpty() ? this : toJson().mergeIn(over).mapTo(Knobs.class);
    }

    JsonObject toJson() {
        return JsonObject.mapFrom(this);
    }

    /**
     * The knobs of a request in their stored form: counts may be given as booleans (true: all, false: none).
     *
     * @throws Refusal 400 for an unknown name or a value of the wrong type
     */
    static JsonObject checked(JsonObject given) {
        JsonObject known = DEFAULT.toJson();
        JsonObject checked = new JsonObject();
        for (String name : given.fieldNames()) {
            Object value = given.getValue(name);
            Object sample = known.getValue(name);
            if (sample == null) {
                throw new Refusal(400, "there is no knob `" + name + "`");
            }
            checked.put(name, value == null ? null : checked(name, value, sample));
        }
        return checked;
    }

    private static Object checked(String name, Object value, Object sample) {
        boolean count = List.of("neverAck", "dropBeforeAck", "failTimes", "failMediaTimes")
                .contains(name);
        return switch (value) {
            case Boolean flag when sample instanceof Boolean -> flag;
            case Boolean all when count -> all ? -1 : 0;
            case Integer number when sample instanceof Integer && number >= -1 -> number;
            default -> throw new Refusal(400, "knob `" + name + "` cannot be " + value);
        };
    }
}
