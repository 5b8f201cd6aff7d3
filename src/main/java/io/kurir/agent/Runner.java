package io.kurir.agent;

import io.kurir.Settings;
import io.kurir.agent.CircuitStore.Gate;
import io.kurir.event.EventLog;
import io.kurir.message.Lane;
import io.kurir.message.Outbox;
import io.kurir.message.OutboxWriter;
import io.kurir.message.StanzaId;
import io.kurir.session.Pages;
import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.Request;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out one run after its claim: guards, typing, the call, and what is written of it. To be called on a virtual thread. */
final class Runner {
    /** Beyond the time of a call: for what is read and written around it. */
    static final Duration AROUND = Duration.ofSeconds(15);

    static final String LOOP = "the chat has had as many answers in a minute as it may";

    private static final Logger log = LoggerFactory.getLogger(Runner.class);
    private static final int ATTEMPTS = 3;
    // WhatsApp's clients stop showing it after 25 s
    private static final long TYPING_MS = 10_000;
    private static final Duration TYPING = Duration.ofSeconds(2);

    private final Vertx vertx;
    private final RunStore runs;
    private final CircuitStore circuits;
    private final Endpoints endpoints;
    private final Pages pages;
    private final Outbox outbox;
    private final EventLog events;
    private final Settings.Agent settings;
    private final Meters meters;

    Runner(
            Vertx vertx,
            RunStore runs,
            CircuitStore circuits,
            Endpoints endpoints,
            Pages pages,
            Outbox outbox,
            EventLog events,
            Settings.Agent settings,
            Meters meters) {
        this.vertx = vertx;
        this.runs = runs;
        this.circuits = circuits;
        this.endpoints = endpoints;
        this.pages = pages;
        this.outbox = outbox;
        this.events = events;
        this.settings = settings;
        this.meters = meters;
    }

    void carryOut(Run run) {
        Outcome outcome = outcome(run);
        Optional<OutboxWriter.Entry> reply = outcome instanceof Outcome.Done done
                ? done.reply().map(text -> entry(run, StanzaId.mint(run.names()), run.chat(), text, Lane.INTERACTIVE))
                : Optional.empty();
        if (!runs.settle(run, outcome, reply, alert(run, outcome)).await()) {
            log.info("{} was lost to another node", run.traceId());
            return;
        }
        meters.settled(outcome);
        outbox.nudge(run.deviceId(), 1); // the reply, or the alert
        if (outcome instanceof Outcome.GiveUp || outcome instanceof Outcome.Skip) {
            log.info("{} of {}: {} {}", run.traceId(), run.deviceId(), outcome.word(), outcome);
            events.told(run.deviceId());
        }
    }

    private Outcome outcome(Run run) {
        return switch (run.responder()) {
            case Run.Nobody nobody -> new Outcome.Skip(nobody.why());
            case Run.Somebody somebody -> outcome(run, somebody.responder());
        };
    }

    private Outcome outcome(Run run, Responder responder) {
        if (runs.replies(run).await() >= responder.repliesPerMinute().orElse(settings.repliesPerMinute())) {
            return new Outcome.Skip(LOOP);
        }
        Gate gate = circuits.gate(
                        run.deviceId(),
                        responder.endpoint().url(),
                        settings.timeout().plus(AROUND),
                        settings.probeDelay())
                .await();
        return switch (gate) {
            case Gate.Open _ -> call(run, responder, false);
            case Gate.Probe _ -> call(run, responder, true);
            case Gate.Shut shut -> waiting(run, shut.until(), "the endpoint is down", false);
        };
    }

    private Outcome call(Run run, Responder responder, boolean probe) {
        Heard heard = whileTyping(run, () -> endpoints.ask(responder, run.question(), run.traceId()));
        meters.called(heard);
        String endpoint = responder.endpoint().url();
        return switch (heard) {
            case Heard.Said said -> {
                circuits.well(run.deviceId(), endpoint).await();
                yield new Outcome.Done(Optional.of(said.reply()).filter(reply -> !reply.isBlank()));
            }
            case Heard.Failed failed ->
                judged(
                        run,
                        failed,
                        circuits.noted(run.deviceId(), endpoint, failed.fault(), run.id(), probe, settings.probeDelay())
                                .await());
        };
    }

    private Outcome judged(Run run, Heard.Failed failed, CircuitStore.Noted noted) {
        if (!failed.fault().passing()) {
            return new Outcome.GiveUp(failed.why());
        }
        if (noted.circuit().open()) {
            return waiting(run, noted.circuit().probeAt(), failed.why(), noted.opened());
        }
        return run.attempts() + 1 >= ATTEMPTS
                ? new Outcome.GiveUp(failed.why())
                : new Outcome.Retry(
                        Instant.now().plus(settings.retryDelay().multipliedBy(1L << run.attempts())), failed.why());
    }

    /** Who asked does not wait for ever: an answer of yesterday's question is worse than none. */
    private Outcome waiting(Run run, Instant until, String why, boolean opened) {
        return until.isAfter(run.createdAt().plus(settings.giveUpAfter()))
                ? new Outcome.GiveUp(why)
                : new Outcome.Snooze(until, why, opened);
    }

    private interface Call {
        Future<Heard> make();
    }

    /** Typing is a courtesy: that it cannot be shown holds up nothing. */
    private Heard whileTyping(Run run, Call call) {
        typing(run, true);
        long again = vertx.setPeriodic(TYPING_MS, _ -> show(run, true));
        try {
            return call.make().await();
        } finally {
            vertx.cancelTimer(again);
            typing(run, false);
        }
    }

    private void typing(Run run, boolean on) {
        show(run, on).otherwiseEmpty().await();
    }

    private Future<Request.Done> show(Run run, boolean on) {
        return pages.ask(run.deviceId(), new Request.ShowTyping(run.chat(), on), TYPING);
    }

    private Optional<RunStore.Alert> alert(Run run, Outcome outcome) {
        return switch (outcome) {
            case Outcome.GiveUp up -> alert(run, up.why());
            case Outcome.Snooze snooze when snooze.alert() -> alert(run, snooze.why());
            case Outcome.Snooze _, Outcome.Done _, Outcome.Retry _, Outcome.Skip _ -> Optional.empty();
        };
    }

    private Optional<RunStore.Alert> alert(Run run, String why) {
        return settings.developerJid().map(developer -> new RunStore.Alert() {
            @Override
            public OutboxWriter.Entry entry(int untold) {
                return Runner.entry(
                        run,
                        StanzaId.mint(run.names("alert")),
                        developer(developer),
                        text(run, why, untold),
                        Lane.SCHEDULED);
            }

            @Override
            public Duration every() {
                return settings.alertEvery();
            }
        });
    }

    private static Jid developer(String written) {
        return written.contains("@") ? Jid.parse(written) : Jid.ofPhone(written.replace("+", ""));
    }

    private static String text(Run run, String why, int untold) {
        String more = untold == 0 ? "" : "\nnot told since the last of these: " + untold + " more";
        return "AI agent failed\nagent: " + run.agent()
                + " (device " + run.deviceId() + ")\nfrom: " + run.sessionId() + "\nreason: " + why + "\ntrace: "
                + run.traceId() + more;
    }

    private static OutboxWriter.Entry entry(Run run, String stanzaId, Jid to, String text, Lane lane) {
        return new OutboxWriter.Entry(
                run.deviceId(),
                stanzaId,
                to,
                new Content.Text(text),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                false,
                lane,
                Optional.empty(),
                Optional.empty(),
                0,
                Optional.empty(),
                run.traceId(),
                Optional.empty());
    }
}
