package io.kurir.simulator;

import io.kurir.simulator.Operation.Call;
import io.kurir.simulator.Submissions.Submission;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The hands of tests, benchmarks and people: HTTP with JSON bodies below {@code /api/}. Phones are named by their digits and exist
 * once they are named. Errors are {@code {error}} with 400 or 404. {@code GET /api/} lists all operations, as they stand in
 * {@link PhoneOperations}, {@link ChatOperations}, {@link GroupOperations} and here; {@code GET /api/events} streams what happens as server-sent events ({@code phone, group, message, submission, typing, codes,
 * knobs, reset}; a message comes again whenever its status rises). Owned by the simulator's context.
 *
 * <p>A message: {@code {n, direction: in|out, peer, author, id, from, to, type, text, quoted?: {id, text}, mentions?, media?: {kind,
 * mimetype, size, sha256, fileName?, caption?}, location?, contacts?: [{name, phone}], poll?: {name, options, selectable, votes: [{from,
 * options}]}, reactions?: [{from, emoji}], edited?, revoked?, t, at, status: sent|delivered|read, shown, readable}}; {@code n} rises
 * through the whole network, {@code t} is unix seconds, {@code shown} counts how often the person saw this id. A submission: {@link
 * Submission}. A phone: {@link Account#phone}. A group: {@link Group#shown}.
 */
final class ControlPlane {
    private final Network network;
    private final Linking linking;
    private final List<Operation> operations;

    ControlPlane(Network network, Routing routing, Linking linking, Presence presence) {
        this.network = network;
        this.linking = linking;
        List<Operation> whole = List.of(
                new Operation("GET", "/api/", "→ {operations}: this list", this::list),
                new Operation(
                        "GET",
                        "/api/state",
                        "→ {phones, groups, codes: {refs, codes}, knobs, submissions}",
                        this::state),
                new Operation(
                        "GET",
                        "/api/submissions",
                        "?from=&to=&id=&after=seq&limit= → {submissions, last}",
                        this::submissions),
                new Operation(
                        "GET",
                        "/api/submissions/summary",
                        "?from=&to=&after=seq → {total, ids, byCount, repeats, undecrypted, refused}",
                        this::summary),
                new Operation(
                        "GET",
                        "/api/knobs",
                        "→ all knobs",
                        call -> network.knobs().toJson()),
                new Operation(
                        "PUT",
                        "/api/knobs",
                        "{knob: value|null} → all knobs; null: back to the default",
                        this::setKnobs),
                new Operation("POST", "/api/reset", "→ {}: cuts all sockets and forgets everything", this::reset));
        this.operations = Stream.of(
                        whole,
                        new PhoneOperations(network, linking, presence).table(),
                        new ChatOperations(network, routing).table(),
                        new GroupOperations(network, new Groups(network, routing)).table())
                .flatMap(List::stream)
                .toList();
    }

    void serve(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            try {
                JsonObject given = body.length() == 0 ? new JsonObject() : new JsonObject(body);
                answer(request.response(), 200, call(request.method().name(), request.uri(), given));
            } catch (Refusal refusal) {
                answer(request.response(), refusal.status(), error(String.valueOf(refusal.getMessage())));
            } catch (DecodeException | ClassCastException malformed) {
                answer(request.response(), 400, error("the body is not a JSON object"));
            }
        });
    }

    private static JsonObject error(String why) {
        return new JsonObject().put("error", why);
    }

    private static void answer(HttpServerResponse response, int status, JsonObject body) {
        response.setStatusCode(status)
                .putHeader("content-type", "application/json")
                .putHeader("cache-control", "no-store")
                .end(body.toBuffer());
    }

    /** @throws Refusal 404 if there is no such operation, 400 or 404 if the operation refuses */
    JsonObject call(String method, String uri, JsonObject body) {
        int question = uri.indexOf('?');
        String path = question < 0 ? uri : uri.substring(0, question);
        String[] parts = path.split("/", -1);
        for (int i = 0; i < parts.length; i++) {
            parts[i] = decode(parts[i]);
        }
        Operation operation = operations.stream()
                .filter(one -> one.method().equals(method) && one.names(parts).isPresent())
                .findFirst()
                .orElseThrow(() -> new Refusal(404, "no operation " + method + " " + path + "; GET /api/ lists them"));
        Map<String, String> query = question < 0 ? Map.of() : query(uri.substring(question + 1));
        try {
            return operation.deed().apply(new Call(operation.names(parts).orElseThrow(), query, body));
        } catch (ClassCastException | NumberFormatException wrongType) {
            throw new Refusal(400, "a field has the wrong type; expected: " + operation.summary());
        }
    }

    private static Map<String, String> query(String text) {
        Map<String, String> query = new HashMap<>();
        for (String pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0 && equals < pair.length() - 1) {
                query.put(pair.substring(0, equals), decode(pair.substring(equals + 1)));
            }
        }
        return query;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            throw new Refusal(400, "malformed address");
        }
    }

    private JsonObject list(Call call) {
        JsonArray list = new JsonArray();
        operations.forEach(one -> list.add(new JsonObject()
                .put("method", one.method())
                .put("path", one.path())
                .put("summary", one.summary())));
        return new JsonObject().put("operations", list);
    }

    private JsonObject state(Call call) {
        return new JsonObject()
                .put(
                        "phones",
                        new JsonArray(network.accounts.values().stream()
                                .map(Account::phone)
                                .toList()))
                .put(
                        "groups",
                        new JsonArray(network.groups.values().stream()
                                .map(Group::shown)
                                .toList()))
                .put("codes", linking.shown())
                .put("knobs", network.knobs().toJson())
                .put("submissions", network.submissions.total());
    }

    private JsonObject submissions(Call call) {
        int limit = Math.toIntExact(Math.min(call.asked("limit", 1000), Submissions.LIMIT));
        List<Submission> found = network.submissions.after(call.asked("after", 0), limit, wanted(call));
        return new JsonObject()
                .put(
                        "submissions",
                        new JsonArray(found.stream().map(Submission::toJson).toList()))
                .put(
                        "last",
                        found.isEmpty()
                                ? call.asked("after", 0)
                                : found.getLast().seq());
    }

    private JsonObject summary(Call call) {
        return network.submissions.summary(call.asked("after", 0), wanted(call));
    }

    private Predicate<Submission> wanted(Call call) {
        Optional<String> from = call.asked("from").map(phone -> network.account(phone).pn);
        Optional<String> to = call.asked("to").map(chat -> network.chat(chat).id());
        Optional<String> id = call.asked("id");
        return one -> from.filter(pn -> !pn.equals(one.from())).isEmpty()
                && to.filter(pn -> !pn.equals(one.to())).isEmpty()
                && id.filter(wanted -> !wanted.equals(one.id())).isEmpty();
    }

    private JsonObject setKnobs(Call call) {
        network.setKnobs(Knobs.checked(call.body()));
        return network.knobs().toJson();
    }

    private JsonObject reset(Call call) {
        network.reset();
        return new JsonObject();
    }
}
