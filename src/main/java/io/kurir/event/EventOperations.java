package io.kurir.event;

import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Problem;
import io.kurir.http.Timestamps;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;

/** The operation {@code listEvents}, and how all operations on events read what is asked for. */
public final class EventOperations {
    private final EventFeed feed;

    public EventOperations(EventFeed feed) {
        this.feed = feed;
    }

    /** What the parameters {@code deviceId} and {@code type} ask for, within reach; refuses types that do not exist. */
    public static EventFeed.Filter filter(Ask ask) {
        List<String> types = ask.texts("type");
        List<Problem.Detail> unknown = IntStream.range(0, types.size())
                .filter(n -> EventType.of(types.get(n)).isEmpty())
                .mapToObj(n -> new Problem.Detail("type[" + n + "]", "is no type of event; /asyncapi.json lists them"))
                .toList();
        if (!unknown.isEmpty()) {
            throw Problem.invalid(unknown);
        }
        return new EventFeed.Filter(ask.reach(), Set.copyOf(ask.texts("deviceId")), Set.copyOf(types));
    }

    /** A page of the stored log; {@code GONE} when the cursor is older than it. */
    public Answer list(Ask ask) {
        EventFeed.Page page =
                ask.optionalNumber("before").map(before -> back(ask, before)).orElseGet(() -> on(ask));
        JsonObject data = new JsonObject()
                .put(
                        "events",
                        Answer.array(page.events().stream()
                                .map(EventOperations::json)
                                .toList()))
                .put("next", Long.toString(page.next()));
        return Answer.ok(page.events().size() + " events", data);
    }

    private EventFeed.Page on(Ask ask) {
        OptionalLong after = ask.optionalNumber("after").map(OptionalLong::of).orElseGet(OptionalLong::empty);
        return feed.page(filter(ask), after, limit(ask))
                .await()
                .orElseThrow(() -> Problem.about(
                        Problem.Code.GONE,
                        "after",
                        "is older than the log; read the present state anew and start without it"));
    }

    private EventFeed.Page back(Ask ask, long before) {
        if (ask.optionalNumber("after").isPresent()) {
            throw Problem.invalid("before", "goes without after");
        }
        return feed.pageBack(filter(ask), before, limit(ask))
                .await()
                .orElseThrow(() ->
                        Problem.about(Problem.Code.GONE, "before", "is as old as the log: nothing before it is kept"));
    }

    private static int limit(Ask ask) {
        return Math.toIntExact(ask.number("limit"));
    }

    /** As {@code asyncapi.yaml} says. */
    private static JsonObject json(Event event) {
        JsonObject json = new JsonObject();
        event.position().ifPresent(position -> json.put("id", Long.toString(position)));
        return json.put("deviceId", event.deviceId())
                .put("seq", event.seq())
                .put("type", event.type())
                .put("at", Timestamps.write(event.at()))
                .put("data", event.data());
    }
}
