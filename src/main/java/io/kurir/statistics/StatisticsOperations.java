package io.kurir.statistics;

import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.statistics.Statistics.Counts;
import io.kurir.statistics.Statistics.Day;
import io.vertx.core.json.JsonObject;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/** The operations tagged {@code statistics}. */
public final class StatisticsOperations {
    private static final int MONTH = 30;
    private static final int WEEK = 7;

    private final Statistics statistics;

    public StatisticsOperations(Statistics statistics) {
        this.statistics = statistics;
    }

    public Answer range(Ask ask) {
        return days(ask, MONTH);
    }

    public Answer daily(Ask ask) {
        return days(ask, WEEK);
    }

    public Answer together(Ask ask) {
        Statistics.Together all = statistics.together(
                ask.reach(), ask.optionalText("deviceId"), date(ask, "startDate"), date(ask, "endDate"), MONTH);
        return answer(new JsonObject().put("devices", all.devices()), all.zone(), all.days(), all.total());
    }

    private Answer days(Ask ask, int usual) {
        Statistics.Range range = statistics.range(
                ask.reach(), ask.text("deviceId"), date(ask, "startDate"), date(ask, "endDate"), usual);
        return answer(new JsonObject().put("deviceId", range.deviceId()), range.zone(), range.days(), range.total());
    }

    private static Answer answer(JsonObject whose, ZoneId zone, List<Day> days, Counts total) {
        return Answer.ok(
                "Statistics of " + days.size() + " days",
                whose.put("timezone", zone.getId())
                        .put("startDate", days.getFirst().date().toString())
                        .put("endDate", days.getLast().date().toString())
                        .put(
                                "days",
                                Answer.array(days.stream()
                                        .map(day -> new JsonObject()
                                                .put("date", day.date().toString())
                                                .mergeIn(json(day.counts())))
                                        .toList()))
                        .put("total", json(total)));
    }

    private static Optional<LocalDate> date(Ask ask, String parameter) {
        return ask.optionalText(parameter).map(LocalDate::parse); // the contract has looked at it
    }

    private static JsonObject json(Counts counts) {
        return new JsonObject()
                .put("incomingMessages", counts.incoming())
                .put("outgoingMessages", counts.outgoing())
                .put("failedMessages", counts.failed())
                .put("activeChats", counts.activeChats())
                .put("incomingChats", counts.incomingChats())
                .put("answeredChats", counts.answeredChats())
                .put("responseRate", counts.responseRate().orElse(null));
    }
}
