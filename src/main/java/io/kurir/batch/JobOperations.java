package io.kurir.batch;

import io.kurir.contact.PhoneNumbers;
import io.kurir.group.Groups;
import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Problem;
import io.kurir.media.Intake;
import io.kurir.message.MediaOperations;
import io.kurir.message.MessageOperations;
import io.kurir.schedule.LocalTimes;
import io.kurir.session.Devices;
import io.kurir.whatsapp.Jid;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/** The operations tagged {@code jobs}. */
public final class JobOperations {
    private final Batches batches;
    private final Devices devices;
    private final Groups groups;
    private final MediaOperations media;
    private final Clock clock;

    public JobOperations(Batches batches, Devices devices, Groups groups, MediaOperations media, Clock clock) {
        this.batches = batches;
        this.devices = devices;
        this.groups = groups;
        this.media = media;
        this.clock = clock;
    }

    public Answer startText(Ask ask) {
        devices.get(ask.reach(), ask.text("deviceId"));
        return start(ask, false, Optional.empty(), ask.optionalField("template"));
    }

    public Answer startMedia(Ask ask) {
        devices.get(ask.reach(), ask.text("deviceId"));
        return start(ask, true, Optional.empty(), ask.optionalField("caption"));
    }

    public Answer startGroupMedia(Ask ask) {
        Jid group = PhoneNumbers.group("groupId", ask.text("groupId"));
        if (batches.earlier(ask.reach(), ask.names().again()).isEmpty()) {
            groups.requireWritable(ask.reach(), ask.text("deviceId"), group);
        }
        return start(ask, true, Optional.of(group), ask.optionalField("caption"));
    }

    private Answer start(Ask ask, boolean files, Optional<Jid> to, Optional<String> words) {
        Batch batch =
                batches.earlier(ask.reach(), ask.names().again()).orElseGet(() -> accepted(ask, files, to, words));
        return Answer.accepted(batch.total() + " messages accepted", JobJson.started(batch));
    }

    private Batch accepted(Ask ask, boolean files, Optional<Jid> to, Optional<String> words) {
        Pace pace = pace(ask);
        Optional<Instant> startsAt = startsAt(ask);
        Optional<Intake.Taken> file = files ? media.fileForAll(ask.body(), ask.part("file")) : Optional.empty();
        return batches.accept(
                ask.reach(),
                ask.names(),
                new Batches.Asked(
                        ask.text("deviceId"),
                        ask.part(Ask.BODY).orElseThrow().file(),
                        files ? List.of("items") : List.of("items", "messages"),
                        files,
                        to,
                        words,
                        file,
                        ask.flag("typing"),
                        pace,
                        startsAt));
    }

    private static Pace pace(Ask ask) {
        Optional<Window> window = Optional.ofNullable(ask.body().getJsonObject("window"))
                .map(daily -> {
                    LocalTime from = LocalTime.parse(daily.getString("from"));
                    LocalTime to = LocalTime.parse(daily.getString("to"));
                    if (from.equals(to)) {
                        throw Problem.invalid("window.to", "is when it opens");
                    }
                    return new Window(from, to, LocalTimes.zone("window.timezone", daily.getString("timezone")));
                });
        return new Pace(MessageOperations.delay(ask), window, ask.body().getInteger("share", 100));
    }

    private Optional<Instant> startsAt(Ask ask) {
        Optional<ZoneId> zone = ask.optionalField("timezone").map(name -> LocalTimes.zone("timezone", name));
        return ask.optionalField("scheduleTime")
                .map(written -> LocalTimes.future(
                        "scheduleTime",
                        written,
                        zone.orElseThrow(() -> Problem.invalid("timezone", "is missing")),
                        clock.instant()));
    }

    public Answer list(Ask ask) {
        Batches.Listing found = batches.list(
                ask.reach(),
                new Batches.Filter(
                        ask.optionalText("deviceId"),
                        ask.optionalText("status").map(Batch.State::of),
                        ask.optionalText("kind")),
                ask.page(),
                ask.pageSize());
        List<JsonObject> jobs = found.batches().stream().map(JobJson::job).toList();
        return Answer.page(found.total() + " jobs", Answer.array(jobs), ask.page(), ask.pageSize(), found.total());
    }

    public Answer get(Ask ask) {
        return Answer.ok("Job", JobJson.job(batches.get(ask.reach(), ask.text("jobId"))));
    }

    /** As a table where {@code format} or else {@code Accept} asks for one. */
    public Answer items(Ask ask) {
        Batch batch = batches.get(ask.reach(), ask.text("jobId"));
        Optional<String> state = ask.optionalText("state");
        if (csv(ask)) {
            return ItemsCsv.answer(batches, batch, state);
        }
        long total = batches.countItems(batch, state);
        List<Batch.Item> items = batches.items(batch, state, ask.pageSize(), (long) (ask.page() - 1) * ask.pageSize());
        return Answer.page(
                total + " items",
                Answer.array(items.stream().map(JobJson::item).toList()),
                ask.page(),
                ask.pageSize(),
                total);
    }

    private static boolean csv(Ask ask) {
        return ask.optionalText("format")
                .map("csv"::equals)
                .orElseGet(() -> ask.optionalText("Accept")
                        .filter(wanted -> wanted.startsWith("text/csv"))
                        .isPresent());
    }

    public Answer cancel(Ask ask) {
        return Answer.ok("Job cancelled", JobJson.job(batches.cancel(ask.reach(), ask.text("jobId"))));
    }

    public Answer pause(Ask ask) {
        return Answer.ok("Job paused", JobJson.job(batches.pause(ask.reach(), ask.text("jobId"))));
    }

    public Answer resume(Ask ask) {
        return Answer.ok("Job resumed", JobJson.job(batches.resume(ask.reach(), ask.text("jobId"))));
    }
}
