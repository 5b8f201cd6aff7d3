package io.kurir.http;

import io.kurir.access.Caller;
import io.kurir.audit.Audit;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the audit keeps of one operation, as its {@code x-audit} says; nothing else of a request gets there, so no secret does.
 *
 * @param action {@code user.create}
 * @param subject the parameter, or else the field of the body, or else of the answer, that names what it is done to
 * @param hidden the subject must not be kept: a fingerprint stands for it
 * @param detail fields of the body and of the answer
 * @param outcome fields of the answer only: what the body has under that name may be secret
 */
record Audited(String action, Optional<String> subject, boolean hidden, List<String> detail, List<String> outcome) {
    private static final Logger log = LoggerFactory.getLogger(Audited.class);
    private static final String DEVICE = "deviceId";
    private static final int FAILED = 500;

    /** Empty where the operation has no such mark. */
    static Optional<Audited> of(JsonObject operation) {
        return Optional.ofNullable(operation.getJsonObject("x-audit"))
                .map(mark -> new Audited(
                        mark.getString("action"),
                        Optional.ofNullable(mark.getString("subject")),
                        mark.getBoolean("hidden", false),
                        names(mark, "detail"),
                        names(mark, "outcome")));
    }

    private static List<String> names(JsonObject mark, String list) {
        return mark.getJsonArray(list, new JsonArray()).stream()
                .map(String.class::cast)
                .toList();
    }

    /** Written down before and completed after; an operation that the audit cannot take is not done. */
    Answer handle(Audit audit, Ask ask, Operation operation) {
        long id = audit.begin(deed(audit, ask)).await();
        try {
            Answer answer = operation.handle(ask);
            end(audit, id, end(audit, answer));
            return answer;
        } catch (Problem refusal) {
            end(audit, id, refused(refusal.code().status()));
            throw refusal;
        } catch (RuntimeException fault) {
            end(audit, id, refused(FAILED));
            throw fault;
        }
    }

    private Audit.Deed deed(Audit audit, Ask ask) {
        return new Audit.Deed(
                ask.who().filter(caller -> !caller.anonymous()).map(Caller::userId),
                ask.who().flatMap(Caller::keyId),
                action,
                text(ask.parameters(), DEVICE).or(() -> text(ask.body(), DEVICE)),
                subject.flatMap(name -> text(ask.parameters(), name).or(() -> text(ask.body(), name)))
                        .map(named -> hidden ? audit.fingerprint(named) : named),
                picked(ask.body(), detail.stream()).mergeIn(token(ask)),
                ask.requestId(),
                ask.address());
    }

    /** How the device's token begins, where one was shown. */
    private static JsonObject token(Ask ask) {
        JsonObject shown = new JsonObject();
        ask.who().filter(Caller::bearsToken).ifPresent(caller -> shown.put("tokenPrefix", caller.name()));
        return shown;
    }

    private Audit.End end(Audit audit, Answer answer) {
        return switch (answer) {
            case Answer.Enveloped enveloped
            when enveloped.data() instanceof JsonObject data -> end(audit, enveloped.status(), data);
            case Answer.Raw raw when raw.json() instanceof JsonObject data -> end(audit, raw.status(), data);
            case Answer.Enveloped _, Answer.Raw _, Answer.Local _, Answer.Stream _ -> refused(200);
        };
    }

    private Audit.End end(Audit audit, int status, JsonObject data) {
        return new Audit.End(
                status,
                text(data, DEVICE),
                subject.flatMap(name -> text(data, name)).map(named -> hidden ? audit.fingerprint(named) : named),
                picked(data, Stream.concat(detail.stream(), outcome.stream())));
    }

    private static Audit.End refused(int status) {
        return new Audit.End(status, Optional.empty(), Optional.empty(), new JsonObject());
    }

    private static JsonObject picked(JsonObject from, Stream<String> names) {
        JsonObject picked = new JsonObject();
        names.filter(from::containsKey).forEach(name -> picked.put(name, from.getValue(name)));
        return picked;
    }

    private static Optional<String> text(JsonObject from, String name) {
        return Optional.ofNullable(from.getValue(name)).map(String::valueOf);
    }

    /** What is done is done: the entry stays without an end, and the log has it. */
    private void end(Audit audit, long id, Audit.End end) {
        try {
            audit.end(id, end).await();
        } catch (Exception e) { // await throws what the driver failed with, checked or not
            log.error("The end of {}, audit {}, is not written down: {} {}", action, id, end, e.getMessage());
        }
    }
}
