package io.kurir.whatsapp.browser;

import com.fasterxml.jackson.databind.JsonNode;
import io.kurir.whatsapp.PageException;
import io.kurir.whatsapp.PageException.Kind;
import io.kurir.whatsapp.Request;

/** What comes back from a page: a value, or in which of its ways it failed. */
final class Answers {
    private Answers() {}

    /** What a script gave; fails with its exception's words. */
    static JsonNode value(JsonNode answer) {
        if (answer.has("exceptionDetails")) {
            throw new PageException(
                    Kind.FAILED,
                    answer.path("exceptionDetails")
                            .path("exception")
                            .path("description")
                            .asText());
        }
        return answer.path("result").path("value");
    }

    /** A document that goes away takes its promises along, and nobody knows how far they had come. */
    static Throwable explained(Throwable fault) {
        String words = String.valueOf(fault.getMessage());
        boolean reloaded = fault instanceof PageException page
                && page.kind() == Kind.FAILED
                && (words.contains("navigated") || words.contains("context"));
        return reloaded ? new PageException(Kind.TIMEOUT, "the page was reloaded before it answered") : fault;
    }

    /** What a command gave; fails where the bridge refused it. */
    static JsonNode accepted(JsonNode answer, boolean fenced) {
        if (answer.has("reason")) {
            throw PageException.refused(
                    Request.Refusal.valueOf(answer.path("reason").asText()),
                    answer.path("detail").asText());
        }
        if (answer.has("refused")) {
            throw new PageException(
                    Kind.valueOf(answer.path("refused").asText()),
                    answer.path("detail").asText());
        }
        if (!answer.isObject()) {
            throw new PageException(fenced ? Kind.FENCED : Kind.FAILED, "there is no bridge in the page");
        }
        return answer.path("ok");
    }
}
