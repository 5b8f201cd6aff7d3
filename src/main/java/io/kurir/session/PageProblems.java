package io.kurir.session;

import io.kurir.http.Problem;
import io.kurir.http.Problem.Code;
import io.kurir.whatsapp.PageException;
import io.kurir.whatsapp.Request.Refusal;
import java.time.Duration;

/** What a page's failure means to a caller: the one table. */
final class PageProblems {
    private static final Duration SOON = Duration.ofSeconds(5);

    private PageProblems() {}

    static Throwable problem(Throwable fault) {
        if (!(fault instanceof PageException page)) {
            return fault;
        }
        String why = String.valueOf(page.getMessage());
        return switch (page.kind()) {
            case TIMEOUT -> Problem.later(Code.NOT_AVAILABLE, "WhatsApp did not answer in time", SOON);
            case GONE, FENCED -> Problem.later(Code.NOT_AVAILABLE, "the device's page was just lost", SOON);
            case FAILED -> Problem.of(Code.WHATSAPP_ERROR, why);
            case REFUSED -> Problem.of(code(page.refusal().orElse(Refusal.REFUSED)), why);
        };
    }

    private static Code code(Refusal refusal) {
        return switch (refusal) {
            case GROUP_NOT_FOUND -> Code.GROUP_NOT_FOUND;
            case NOT_A_MEMBER -> Code.NOT_A_MEMBER;
            case NOT_GROUP_ADMIN -> Code.NOT_GROUP_ADMIN;
            case CHAT_NOT_FOUND -> Code.CHAT_NOT_FOUND;
            case MESSAGE_NOT_FOUND -> Code.MESSAGE_NOT_FOUND;
            case NOT_OWN_MESSAGE -> Code.NOT_OWN_MESSAGE;
            case TOO_OLD -> Code.MESSAGE_TOO_OLD;
            case NOT_ON_WHATSAPP -> Code.NUMBER_NOT_ON_WHATSAPP;
            case MEDIA_GONE -> Code.MEDIA_GONE;
            case REFUSED -> Code.WHATSAPP_REFUSED;
        };
    }
}
