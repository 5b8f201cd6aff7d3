package io.kurir.message;

import io.kurir.Settings;
import io.kurir.cluster.Leases;
import io.kurir.media.Media;
import io.kurir.trace.Span;
import io.kurir.trace.Traces;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Command;
import io.kurir.whatsapp.WhatsApp;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Empties the outbox of one device into its page, while the page is ready and the lease holds. Read from top to bottom it is the way of a
 * message: nudged, claimed, submitted, and then either acknowledged, refused, or in doubt.
 *
 * <p>An attempt whose command was not answered, and those of an earlier owner, are in doubt: the page is asked for the id. There with an ack:
 * sent. There without one: it may still go out by itself, its ack is awaited. Not there after the grace time: it is submitted again
 * under the same id.
 *
 * <p>All state belongs to the context that made this object. Over 300 lines: the ways that one attempt can take share this state and are
 * to be read together.
 */
public final class Drain {
    private static final Logger log = LoggerFactory.getLogger(Drain.class);
    private static final int MOST = 64;
    private static final Duration COMMAND = Duration.ofSeconds(10);
    /** A file of 16 MiB goes to the page and from there to WhatsApp; less than the ack's time-out, which would ask whether it is there. */
    private static final Duration FILE_COMMAND = Duration.ofSeconds(50);

    private static final Duration BRINGING = Duration.ofSeconds(40);
    private static final long AGAIN_MS = 1_000;
    /** So much of the budget, at most, is sent twice when its owner is killed. */
    private static final Duration SAVE = Duration.ofSeconds(30);
    /** How long the page may take for a group before the next one is handed to it: a group that shows "typing…" must not hold up other chats. */
    private static final long GROUP_MS = 25;

    /**
     * When a new owner looks for attempts of earlier ones again, seconds after it has begun: a claim that was under way as the lease changed hands is
     * committed later, at the latest when the database ends a statement (30 s).
     */
    private static final List<Integer> LATE_CLAIMS = List.of(1, 5, 35);

    /** So many that more than one claim is needed. */
    private static final long UNKNOWN = 1_000_000;

    private final String deviceId;
    private final Supplier<Settings.Delivery> settings;
    private final Supplier<Settings.Send> send;
    private final OutboxStore store;
    private final BudgetStore budgets;
    private final Ledger ledger;
    private final Traces traces;
    private final Vertx vertx;
    private final Context context;
    private final Function<String, Future<Path>> files;
    private final Budget budget;
    private final Allowance allowance;
    private final Map<String, InPage> inPage = new HashMap<>();
    private final Set<Long> lostSight = new HashSet<>();
    private Optional<WhatsApp.Page> page = Optional.empty();
    private final Leases.Held lease;
    private boolean claiming;
    private boolean nudged;
    /** Ready and not claimed, as far as we were told: the budget or an earlier one of the same chat holds them back. */
    private long behind;
    /** The group that the page is taking; what comes meanwhile gathers for the next, which costs page and database little more than one text. */
    private long groups;

    private boolean broadcasts = true;
    private boolean taking;
    private boolean paced;
    private boolean coldPaced;
    private boolean settling;
    /** Nothing is claimed before it is known what earlier owners have left of the budget. */
    private boolean budgeted;

    private double savedLevel;
    private long savedNanos;
    private final long begunNanos;
    private int lateLooks;

    /** What the page has taken and nothing is known of yet. */
    private record InPage(OutboxStore.Attempt attempt, long sinceNanos, Span span) {}

    Drain(
            Vertx vertx,
            String deviceId,
            Supplier<Settings.Delivery> settings,
            Supplier<Settings.Send> send,
            OutboxStore store,
            BudgetStore budgets,
            Function<String, Future<Path>> files,
            Ledger ledger,
            Leases.Held lease,
            Traces traces) {
        this.vertx = vertx;
        this.traces = traces;
        this.files = files;
        this.context = vertx.getOrCreateContext();
        this.deviceId = deviceId;
        this.settings = settings;
        this.send = send;
        this.store = store;
        this.budgets = budgets;
        this.ledger = ledger;
        this.lease = lease;
        long now = System.nanoTime();
        Settings.Send limits = send.get();
        this.budget = new Budget(limits.perMinute(), limits.burst(), now);
        this.allowance = new Allowance(budget, now);
        this.savedLevel = limits.burst();
        this.savedNanos = now;
        this.begunNanos = now;
        loadBudget();
    }

    private void loadBudget() {
        budgets.load(deviceId).onComplete(done -> {
            if (done.failed()) {
                log.warn(
                        "{}: budget not read, tried again: {}",
                        deviceId,
                        done.cause().getMessage());
                vertx.setTimer(AGAIN_MS, _ -> loadBudget());
                return;
            }
            done.result().ifPresent(saved -> budget.restore(saved.level(), saved.ago(), System.nanoTime()));
            budgeted = true;
            claim();
        });
    }

    /** For the next owner. */
    Future<Void> saveBudget() {
        if (!budgeted) {
            return Future.succeededFuture();
        }
        savedNanos = System.nanoTime();
        savedLevel = budget.level(savedNanos);
        return budgets.save(deviceId, lease.epoch(), savedLevel);
    }

    /** The page is linked, connected and has what was queued for it: doubts are settled first, then sending starts. */
    void open(WhatsApp.Page ready) {
        page = Optional.of(ready);
        doubt();
        nudge(UNKNOWN);
    }

    /** Broadcasts wait, or go on. */
    void broadcasts(boolean allowed) {
        if (broadcasts != allowed) {
            broadcasts = allowed;
            nudge(allowed ? UNKNOWN : 0);
        }
    }

    /** Nothing more is handed to the page; what it has taken keeps its row until an outcome is known. */
    void pause() {
        page = Optional.empty();
        inPage.values().forEach(taken -> {
            lostSight.add(taken.attempt().messageId());
            lost(taken);
        });
        inPage.clear();
    }

    /** Something is ready whose nudge was lost. */
    void nudge() {
        nudge(behind > 0 ? 0 : 1 - behind);
    }

    /** So many more are ready. */
    void nudge(long count) {
        behind += count;
        nudged = true;
        claim();
    }

    /** Something got its outcome: the next of its chat may go. */
    void moved() {
        if (behind > 0) {
            nudged = true;
            claim();
        }
    }

    private void claim() {
        if (claiming
                || taking
                || !nudged
                || !budgeted
                || page.isEmpty()
                || lease.remaining().isZero()) {
            return;
        }
        Settings.Send limits = send.get();
        budget.limit(limits.perMinute(), limits.burst(), System.nanoTime());
        Allowance.Portion portion = allowance.next(MOST, System.nanoTime());
        if (portion.limit() == 0) {
            pace();
            return;
        }
        claiming = true;
        nudged = false;
        long toldBefore = behind;
        WhatsApp.Page to = page.get();
        store.claim(deviceId, lease.epoch(), broadcasts ? portion : portion.withoutBroadcasts())
                .onComplete(done -> {
                    if (done.failed()) {
                        log.warn("{}: cannot claim: {}", deviceId, done.cause().getMessage());
                        findLostClaim();
                        return;
                    }
                    claiming = false;
                    claimed(to, portion, done.result(), toldBefore);
                    claim();
                });
    }

    private void claimed(
            WhatsApp.Page to, Allowance.Portion portion, List<OutboxStore.Claimed> claimed, long toldBefore) {
        behind -= claimed.size();
        nudged |= claimed.size() == portion.limit(); // there may be more than the limit
        allowance.took(portion, claimed, System.nanoTime());
        if (Allowance.heldBack(portion, claimed)) {
            paceCold();
        }
        if (claimed.isEmpty() && inPage.isEmpty()) {
            behind -= toldBefore; // nothing that could hold anything back
        } else if (page.equals(Optional.of(to))) {
            if (!claimed.isEmpty()) {
                submit(to, claimed.stream().map(OutboxStore.Claimed::attempt).toList());
            }
        } else {
            // paused while they were claimed: handed to a page that is being closed, they would wait for an ack that
            // never comes
            claimed.forEach(one -> lostSight.add(one.attempt().messageId()));
            doubt();
        }
    }

    /** The claim may be committed all the same: rows that say they are ours and that we do not have in hand would wait for ever. */
    private void findLostClaim() {
        List<Long> inHand = new ArrayList<>(lostSight);
        inPage.values().forEach(taken -> inHand.add(taken.attempt().messageId()));
        store.lostClaim(deviceId, lease.epoch(), inHand).onComplete(done -> {
            if (done.failed()) {
                vertx.setTimer(AGAIN_MS, _ -> findLostClaim());
                return;
            }
            claiming = false;
            lostSight.addAll(done.result());
            doubt();
            nudge();
        });
    }

    private void pace() {
        if (!paced) {
            paced = true;
            long wait = Math.max(1, allowance.untilNext(System.nanoTime()).toMillis());
            vertx.setTimer(wait, _ -> {
                paced = false;
                claim();
            });
        }
    }

    private void paceCold() {
        if (!coldPaced) {
            coldPaced = true;
            long wait = Math.max(1, allowance.untilCold(System.nanoTime()).toMillis());
            vertx.setTimer(wait, _ -> {
                coldPaced = false;
                nudged = true;
                claim();
            });
        }
    }

    private void submit(WhatsApp.Page to, List<OutboxStore.Attempt> claimed) {
        claimed.forEach(this::begun);
        List<OutboxStore.Attempt> ready =
                claimed.stream().filter(attempt -> attempt.media().isEmpty()).toList();
        claimed.forEach(attempt -> attempt.media().ifPresent(hash -> bring(to, attempt, hash)));
        if (!ready.isEmpty()) {
            taking = true;
            long group = ++groups;
            vertx.setTimer(GROUP_MS, _ -> took(group));
            hand(to, ready, COMMAND).onComplete(_ -> took(group));
        }
    }

    /** Other chats go on while a file is on its way to this machine. */
    private void bring(WhatsApp.Page to, OutboxStore.Attempt attempt, String hash) {
        String stanzaId = attempt.message().stanzaId();
        Optional<InPage> mine = Optional.ofNullable(inPage.get(stanzaId));
        files.apply(hash)
                .timeout(BRINGING.toMillis(), TimeUnit.MILLISECONDS)
                .onComplete(done -> context.runOnContext(_ -> {
                    if (!page.equals(Optional.of(to)) || !mine.equals(Optional.ofNullable(inPage.get(stanzaId)))) {
                        return; // out of sight meanwhile, and in doubt
                    }
                    if (done.succeeded()) {
                        taken(attempt);
                        hand(to, List.of(attempt.with(done.result())), FILE_COMMAND);
                    } else if (done.cause() instanceof Media.Gone) {
                        failed(attempt, Fault.MEDIA_GONE, "the file is no longer kept");
                    } else {
                        failed(
                                attempt,
                                Fault.MEDIA_NOT_READ,
                                String.valueOf(done.cause().getMessage()));
                    }
                }));
    }

    private Future<?> hand(WhatsApp.Page to, List<OutboxStore.Attempt> attempts, Duration timeout) {
        List<Span> asked = attempts.stream()
                .map(attempt -> traces.ask(span(attempt), "page Send").with("kurir.messages", attempts.size()))
                .toList();
        return to.execute(
                        new Command.Send(attempts.stream()
                                .map(OutboxStore.Attempt::message)
                                .toList()),
                        timeout)
                .onComplete(done -> {
                    asked.forEach(span -> ended(span, done.succeeded()));
                    if (done.failed()) {
                        unanswered(attempts, done.cause());
                        return;
                    }
                    for (int i = 0; i < attempts.size(); i++) {
                        answered(attempts.get(i), done.result().get(i));
                    }
                });
    }

    private void took(long group) {
        if (taking && group == groups) {
            taking = false;
            claim();
        }
    }

    private void begun(OutboxStore.Attempt attempt) {
        String stanzaId = attempt.message().stanzaId();
        Span span = traces.take("dispatch", attempt.traceparent())
                .with("kurir.device.id", deviceId)
                .with("kurir.message.id", stanzaId)
                .with("kurir.attempt", attempt.attempt());
        Optional.ofNullable(inPage.put(stanzaId, new InPage(attempt, System.nanoTime(), span)))
                .ifPresent(Drain::lost);
    }

    private void taken(OutboxStore.Attempt attempt) {
        inPage.put(attempt.message().stanzaId(), new InPage(attempt, System.nanoTime(), span(attempt)));
    }

    private Span span(OutboxStore.Attempt attempt) {
        return Optional.ofNullable(inPage.get(attempt.message().stanzaId()))
                .map(InPage::span)
                .orElse(Span.NONE);
    }

    private static void lost(InPage taken) {
        taken.span().failed("lost sight");
        taken.span().end();
    }

    private static void ended(Span span, boolean well) {
        if (!well) {
            span.failed("unanswered");
        }
        span.end();
    }

    private void answered(OutboxStore.Attempt attempt, Command.SendAnswer answer) {
        switch (answer) {
            case Command.Taken _ -> {
                span(attempt).happened("taken"); // an ack or a failure follows
            }
            case Command.Known known -> {
                if (known.ack().reached(Ack.SERVER)) {
                    ledger.acked(attempt.message().stanzaId(), known.ack());
                }
            }
            case Command.Refused refused -> failed(attempt, Fault.of(refused.reason()), refused.detail());
        }
    }

    /** WhatsApp refused what the page had taken. */
    void sendFailed(String stanzaId, String reason) {
        Fault fault = Fault.ofWords(reason);
        Optional.ofNullable(inPage.get(stanzaId))
                .ifPresent(taken -> failed(taken.attempt(), fault, fault.detail(reason)));
    }

    /** Whether it was in our page. */
    boolean settled(Settled.Change change) {
        Optional<InPage> there = Optional.ofNullable(inPage.remove(change.stanzaId()));
        there.ifPresent(taken -> {
            if (change.ack().reached(Ack.SERVER)) {
                taken.span().happened("ack");
            }
            taken.span().end();
        });
        return there.isPresent();
    }

    /** It stays in {@link #inPage} until the failure is committed: until then it holds back its chat. */
    private void failed(OutboxStore.Attempt attempt, Fault fault, String detail) {
        span(attempt).failed(fault.name());
        ledger.failed(new OutboxStore.Failure(
                attempt.messageId(), attempt.attempt(), fault.words(detail), next(attempt, fault)));
    }

    private OutboxStore.Next next(OutboxStore.Attempt attempt, Fault fault) {
        Settings.Delivery now = settings.get();
        int most = attempt.maxAttempts().orElse(now.maxAttempts());
        return switch (fault.remedy()) {
            case NONE -> new OutboxStore.GiveUp();
            case AGAIN ->
                attempt.attempt() < most
                        ? new OutboxStore.Retry(Fibonacci.delay(now.baseDelay(), attempt.attempt()))
                        : new OutboxStore.GiveUp();
            case LATER -> new OutboxStore.Snooze(now.restrictionPause());
        };
    }

    private void unanswered(List<OutboxStore.Attempt> claimed, Throwable cause) {
        log.warn("{}: {} sends unanswered: {}", deviceId, claimed.size(), cause.getMessage());
        if (Fault.didNotAct(cause)) {
            claimed.forEach(attempt -> failed(attempt, Fault.PAGE_ERROR, String.valueOf(cause.getMessage())));
            return;
        }
        for (OutboxStore.Attempt attempt : claimed) {
            Optional.ofNullable(inPage.remove(attempt.message().stanzaId())).ifPresent(Drain::lost);
            lostSight.add(attempt.messageId());
        }
        doubt();
    }

    /** No ack for so long: perhaps it was missed. */
    void sweep() {
        long now = System.nanoTime();
        if (now - savedNanos > SAVE.toNanos() && budget.level(now) != savedLevel) {
            saveBudget().onFailure(away -> log.warn("{}: budget not saved: {}", deviceId, away.getMessage()));
        }
        boolean overdue = !settling
                && page.isPresent()
                && lateLooks < LATE_CLAIMS.size()
                && now - begunNanos > TimeUnit.SECONDS.toNanos(LATE_CLAIMS.get(lateLooks));
        if (overdue) {
            lateLooks++;
        }
        for (InPage taken : inPage.values()) {
            if (now - taken.sinceNanos() > settings.get().ackTimeout().toNanos()) {
                lostSight.add(taken.attempt().messageId());
                overdue = true;
            }
        }
        if (overdue) {
            doubt();
        }
    }

    /** Asks the page for everything that is in doubt. Runs again until nothing is, or the page is away. */
    void doubt() {
        if (settling || page.isEmpty()) {
            return;
        }
        settling = true;
        WhatsApp.Page asked = page.get();
        List<Long> told = List.copyOf(lostSight);
        store.doubt(deviceId, lease.epoch(), told)
                .compose(doubts -> {
                    told.forEach(lostSight::remove); // not those that were lost meanwhile
                    return doubts.isEmpty()
                            ? Future.succeededFuture(false)
                            : vertx.timer(Math.max(1, settings.get().graceTime().toMillis()))
                                    .compose(_ -> Future.join(doubts.stream()
                                                    .map(doubtful -> verdict(asked, doubtful))
                                                    .toList())
                                            .map(true));
                })
                .onComplete(done -> {
                    settling = false;
                    if (done.failed()) {
                        log.warn("{}: doubts remain: {}", deviceId, done.cause().getMessage());
                    }
                    if (done.failed() || !lostSight.isEmpty()) {
                        vertx.setTimer(AGAIN_MS, _ -> doubt());
                    }
                });
    }

    private Future<Void> verdict(WhatsApp.Page asked, OutboxStore.Doubt doubt) {
        OutboxStore.Attempt attempt = doubt.attempt();
        String stanzaId = attempt.message().stanzaId();
        Span span = traces.take("page Find", attempt.traceparent()).with("kurir.attempt", attempt.attempt());
        return span.until(asked.execute(new Command.Find(attempt.message().to(), stanzaId), COMMAND))
                .compose(finding -> switch (finding) {
                    case Command.Present present -> {
                        taken(attempt);
                        if (present.ack().reached(Ack.SERVER)) {
                            ledger.acked(stanzaId, present.ack());
                        }
                        yield Future.succeededFuture();
                    }
                    case Command.Failed _ -> {
                        failed(attempt, Fault.REFUSED, "WhatsApp refused it");
                        yield Future.succeededFuture();
                    }
                    case Command.Absent _ -> {
                        if (!doubt.sameLink() && settings.get().onUnknown() == Settings.OnUnknown.FAIL) {
                            failed(
                                    attempt,
                                    Fault.OUTCOME_UNKNOWN,
                                    "the page that attempted it is gone with its history");
                            yield Future.succeededFuture();
                        }
                        yield store.resubmit(deviceId, lease.epoch(), attempt.messageId())
                                .onSuccess(_ -> nudge())
                                .mapEmpty();
                    }
                });
    }

    Context context() {
        return context;
    }
}
