package io.kurir.schedule;

import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Problem;
import io.kurir.http.Timestamps;
import io.kurir.media.Intake;
import io.kurir.message.Contents;
import io.kurir.message.MessageOperations;
import io.kurir.message.Messages.NewMessage;
import io.kurir.schedule.Schedule.Missed;
import io.kurir.schedule.Schedule.State;
import io.kurir.whatsapp.Content;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** The operations tagged {@code schedules}. */
public final class ScheduleOperations {
    private static final String DEVICE = "deviceId";
    private static final String ID = "scheduleId";
    private static final String MESSAGE = "message";

    private final Schedules schedules;
    private final Intake intake;

    public ScheduleOperations(Schedules schedules, Intake intake) {
        this.schedules = schedules;
        this.intake = intake;
    }

    public Answer create(Ask ask) {
        Schedule schedule = schedules.create(
                ask.reach(),
                ask.text(DEVICE),
                new Schedules.When(
                        ask.optionalField("scheduleTime"), ask.optionalField("cron"), ask.optionalField("timezone")),
                ask.optionalField("missed").map(Missed::of),
                () -> message(ask.body()),
                ask.names());
        return Answer.created("Message scheduled", json(schedule));
    }

    private NewMessage message(JsonObject body) {
        Optional<Intake.Source> source = Optional.ofNullable(body.getString("url"))
                .<Intake.Source>map(Intake.Url::new)
                .or(() -> Optional.ofNullable(body.getString("base64")).map(Intake.Base64Text::new));
        if (source.isPresent() && body.containsKey("url") && body.containsKey("base64")) {
            throw Problem.invalid("url", "and base64 cannot both be the file");
        }
        String words = body.getString(source.isPresent() ? "caption" : MESSAGE, "");
        Optional<Intake.Taken> file = source.map(from -> intake.take(
                "",
                from,
                new Intake.Said(
                        Optional.ofNullable(body.getString("mediaType")).map(Content.Kind::of),
                        Optional.ofNullable(body.getString("fileName")),
                        Optional.ofNullable(body.getString("mimetype")),
                        words)));
        return new NewMessage(
                MessageOperations.recipient(body),
                file.<Content>map(Intake.Taken::content).orElseGet(() -> new Content.Text(words)),
                file.map(Intake.Taken::hash),
                Optional.empty(),
                MessageOperations.strings(body, "mentions"),
                body.getBoolean("typing", false),
                "");
    }

    public Answer get(Ask ask) {
        return Answer.ok("Schedule", json(schedules.get(ask.reach(), ask.text(DEVICE), ask.number(ID))));
    }

    public Answer list(Ask ask) {
        Schedules.Listing listing = schedules.list(
                ask.reach(), ask.text(DEVICE), ask.optionalText("status").map(State::of), ask.page(), ask.pageSize());
        return Answer.page(
                listing.total() + " schedules",
                Answer.array(listing.schedules().stream()
                        .map(ScheduleOperations::json)
                        .toList()),
                ask.page(),
                ask.pageSize(),
                listing.total());
    }

    public Answer update(Ask ask) {
        Schedule schedule = schedules.update(
                ask.reach(),
                ask.text(DEVICE),
                ask.number(ID),
                new Schedules.Change(
                        ask.optionalField(MESSAGE),
                        ask.optionalField("scheduleTime"),
                        ask.optionalField("cron"),
                        ask.optionalField("timezone"),
                        ask.optionalField("missed").map(Missed::of)));
        return Answer.ok("Schedule changed", json(schedule));
    }

    public Answer cancel(Ask ask) {
        Schedule schedule = schedules.cancel(ask.reach(), ask.text(DEVICE), ask.number(ID));
        return Answer.ok("Schedule cancelled", json(schedule));
    }

    private static JsonObject json(Schedule schedule) {
        Content content = schedule.draft().content();
        return new JsonObject()
                .put("id", schedule.id())
                .put("deviceId", schedule.deviceId())
                .put("messageId", schedule.stanzaId().orElse(null))
                .put("status", schedule.state().word())
                .put("to", schedule.draft().chat().toString())
                .put("type", Contents.word(content))
                .put(MESSAGE, content.words())
                .put("scheduleTime", schedule.localTime().orElse(null))
                .put("cron", schedule.cron().orElse(null))
                .put("timezone", schedule.timezone())
                .put("dueAt", Timestamps.write(schedule.dueAt()))
                .put("nextAt", schedule.nextAt().map(Timestamps::write).orElse(null))
                .put("lastAt", schedule.lastAt().map(Timestamps::write).orElse(null))
                .put("missed", schedule.missed().word())
                .put("late", schedule.late())
                .put("runs", schedule.runs())
                .put("skipped", schedule.skipped())
                .put("createdAt", Timestamps.write(schedule.createdAt()))
                .put("updatedAt", Timestamps.write(schedule.updatedAt()));
    }
}
