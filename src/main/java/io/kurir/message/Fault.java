package io.kurir.message;

import io.kurir.whatsapp.Command;
import io.kurir.whatsapp.PageException;
import java.util.Locale;

/**
 * Why an attempt did not succeed, and what follows from that: the one table of errors. Its name is the code that a failed message shows before
 * the details. What nobody knows counts as retryable, for the number of attempts is limited anyway.
 */
enum Fault {
    NOT_ON_WHATSAPP(Remedy.NONE),
    QUOTED_NOT_FOUND(Remedy.NONE),
    GROUP_NOT_FOUND(Remedy.NONE),
    NOT_ALLOWED(Remedy.NONE),
    MEDIA_REFUSED(Remedy.NONE),
    /** The file is no longer kept. */
    MEDIA_GONE(Remedy.NONE),
    /** The page that attempted it is gone with its history, and the setting says that it is not sent again. */
    OUTCOME_UNKNOWN(Remedy.NONE),
    UPLOAD_FAILED(Remedy.AGAIN),
    /** The file could not be brought to the page. */
    MEDIA_NOT_READ(Remedy.AGAIN),
    NOT_READY(Remedy.AGAIN),
    PAGE_ERROR(Remedy.AGAIN),
    /** WhatsApp's own words for a message that its page had taken. */
    ERROR_NETWORK(Remedy.AGAIN),
    ERROR_EXPIRED(Remedy.AGAIN),
    ERROR_CANCELLED(Remedy.AGAIN),
    ERROR_UPLOAD(Remedy.AGAIN),
    ERROR_UNKNOWN(Remedy.AGAIN),
    /** WhatsApp refused it and did not say why. */
    REFUSED(Remedy.AGAIN),
    /** The account may not write to those who never wrote to it, for some time ("reach-out time-lock", 463). No fault of the message. */
    RESTRICTED(Remedy.LATER);

    /** What helps. */
    enum Remedy {
        NONE,
        /** Another attempt, as long as there are any. */
        AGAIN,
        /** To wait until the restriction is over; that costs no attempt. */
        LATER
    }

    private final Remedy remedy;

    Fault(Remedy remedy) {
        this.remedy = remedy;
    }

    Remedy remedy() {
        return remedy;
    }

    /** As stored with the message; {@code detail} may be empty. */
    String words(String detail) {
        return detail.isEmpty() ? name() : name() + ": " + detail;
    }

    static Fault of(Command.Reason reason) {
        return switch (reason) {
            case NOT_ON_WHATSAPP -> NOT_ON_WHATSAPP;
            case QUOTED_NOT_FOUND -> QUOTED_NOT_FOUND;
            case GROUP_NOT_FOUND -> GROUP_NOT_FOUND;
            case NOT_ALLOWED -> NOT_ALLOWED;
            case MEDIA_REFUSED -> MEDIA_REFUSED;
            case UPLOAD_FAILED -> UPLOAD_FAILED;
            case NOT_READY -> NOT_READY;
            case RESTRICTED -> RESTRICTED;
            case PAGE_ERROR -> PAGE_ERROR;
        };
    }

    /** Whether the page certainly did nothing with the command; else the attempt is in doubt. */
    static boolean didNotAct(Throwable unanswered) {
        return unanswered instanceof PageException why
                && switch (why.kind()) {
                    case FENCED, FAILED, REFUSED -> true;
                    case TIMEOUT, GONE -> false;
                };
    }

    /** Of what the page told of a message that it had taken: a word of WhatsApp's or of the bridge, perhaps with details after a colon. */
    static Fault ofWords(String told) {
        String word = told.split(":", 2)[0].strip().toUpperCase(Locale.ROOT);
        for (Fault fault : values()) {
            if (fault.name().equals(word)) {
                return fault;
            }
        }
        return REFUSED;
    }

    /** What {@link #ofWords} did not take for the fault's name. */
    String detail(String told) {
        String[] parts = told.split(":", 2);
        if (!parts[0].strip().equalsIgnoreCase(name())) {
            return told;
        }
        return parts.length == 1 ? "" : parts[1].strip();
    }
}
