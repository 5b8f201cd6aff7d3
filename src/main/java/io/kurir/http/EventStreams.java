package io.kurir.http;

import io.kurir.event.EventFeed;
import io.kurir.event.EventOperations;
import io.vertx.core.Vertx;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The operation {@code streamEvents}, and the streams that it has opened at this server. Safe for all threads. */
final class EventStreams {
    private final Vertx vertx;
    private final EventFeed feed;
    private final EventStream.Patience patience;
    private final Set<EventStream> open = ConcurrentHashMap.newKeySet();

    EventStreams(Vertx vertx, EventFeed feed, EventStream.Patience patience) {
        this.vertx = vertx;
        this.feed = feed;
        this.patience = patience;
    }

    Answer stream(Ask ask) {
        EventFeed.Filter filter = EventOperations.filter(ask);
        OptionalLong after = ask.optionalNumber("Last-Event-ID")
                .or(() -> ask.optionalNumber("lastEventId"))
                .map(OptionalLong::of)
                .orElseGet(OptionalLong::empty);
        return new Answer.Stream("text/event-stream", (response, connection) -> {
            EventStream stream =
                    new EventStream(vertx, feed, filter, after, ask, patience, response, connection, open::remove);
            open.add(stream);
            stream.open();
        });
    }

    /** How many are followed now; one that was dropped is not, though its client may still read. */
    int count() {
        return open.size();
    }

    /** Ends all of them in order: their clients come back, to whichever node, and resume. */
    void end() {
        open.forEach(EventStream::lost);
    }
}
