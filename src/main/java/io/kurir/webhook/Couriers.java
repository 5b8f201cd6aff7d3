package io.kurir.webhook;

import io.kurir.event.EventLog;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the endpoints: for each webhook on its own, up to its limit at a time, one after the other within a chat. A webhook whose endpoint is slow
 * fills nothing but its own limit.
 *
 * <p>State belongs to the context that made this object. A call whose outcome cannot be written down is made again when its lease has run out.
 */
final class Couriers {
    private static final Logger log = LoggerFactory.getLogger(Couriers.class);

    /** What is under way for one webhook on this node. */
    private static final class Round {
        ClaimStore.Place place = ClaimStore.Place.START;
        int calls;
        boolean claiming;
        boolean again;
        /** Came round without having found anything since. */
        boolean turned;

        boolean idle() {
            return calls == 0 && !claiming;
        }
    }

    private final ClaimStore claims;
    private final SettleStore settling;
    private final Poster poster;
    private final EventLog events;
    private final Meters meters;
    private final int parallel;
    private final Map<String, Round> rounds = new HashMap<>();
    private final Set<Future<?>> calls = new HashSet<>();
    private boolean stopped;

    Couriers(ClaimStore claims, SettleStore settling, Poster poster, EventLog events, Meters meters, int parallel) {
        this.claims = claims;
        this.settling = settling;
        this.poster = poster;
        this.events = events;
        this.meters = meters;
        this.parallel = parallel;
    }

    /** Whatever is due anywhere. */
    void sweep() {
        claims.pending()
                .onSuccess(pending -> {
                    forget(pending);
                    pending.forEach(this::go);
                })
                .onFailure(why -> log.warn("webhooks cannot be read: {}", why.getMessage()));
    }

    private void forget(Collection<String> pending) {
        Set<String> wanted = Set.copyOf(pending);
        rounds.entrySet().removeIf(each -> each.getValue().idle() && !wanted.contains(each.getKey()));
    }

    /** Takes what is due for a webhook, as far as there is room. */
    void go(String webhookId) {
        Round round = rounds.computeIfAbsent(webhookId, _ -> new Round());
        if (round.claiming) {
            round.again = true;
            return;
        }
        int room = parallel - round.calls;
        if (room <= 0 || stopped) {
            return;
        }
        round.claiming = true;
        round.again = false;
        ClaimStore.Place from = round.place;
        claims.claim(webhookId, from, room)
                .compose(taken -> taken.down() ? probe(webhookId, from) : Future.succeededFuture(taken))
                .onComplete(done -> {
                    round.claiming = false;
                    if (done.failed()) {
                        log.warn(
                                "webhook {} cannot be read: {}",
                                webhookId,
                                done.cause().getMessage());
                        return; // the sweep tries again
                    }
                    taken(webhookId, round, from, room, done.result());
                });
    }

    private Future<ClaimStore.Claims> probe(String webhookId, ClaimStore.Place from) {
        return claims.probe(webhookId, from)
                .compose(taken -> taken.deliveries().isEmpty() && !from.equals(ClaimStore.Place.START)
                        ? claims.probe(webhookId, ClaimStore.Place.START)
                        : Future.succeededFuture(taken));
    }

    private void taken(String webhookId, Round round, ClaimStore.Place from, int room, ClaimStore.Claims taken) {
        boolean kept = taken.down() && taken.deliveries().isEmpty(); // the next probe's turn is still that chat's
        round.place = kept ? from : taken.next();
        taken.endpoint()
                .ifPresent(
                        endpoint -> taken.deliveries().forEach(delivery -> call(webhookId, round, endpoint, delivery)));
        if (round.again || (!taken.down() && taken.deliveries().size() < room && more(round, from, taken))) {
            go(webhookId);
        }
    }

    /** Whether there may be more that is due: until one whole turn of the chats has brought nothing. */
    private static boolean more(Round round, ClaimStore.Place from, ClaimStore.Claims taken) {
        boolean end = taken.next().equals(ClaimStore.Place.START);
        boolean all = end && from.equals(ClaimStore.Place.START);
        if (all || (end && round.turned && taken.deliveries().isEmpty())) {
            round.turned = false;
            return false;
        }
        round.turned = (end || round.turned) && taken.deliveries().isEmpty();
        return true;
    }

    private void call(String webhookId, Round round, Webhook.Endpoint endpoint, Delivery delivery) {
        round.calls++;
        Future<Void> call = deliver(webhookId, endpoint, delivery);
        calls.add(call);
        call.onComplete(done -> {
            calls.remove(call);
            round.calls--;
            if (done.failed()) {
                log.warn(
                        "what came of delivery {} could not be written: it is made again: {}",
                        delivery.id(),
                        done.cause().getMessage());
            }
            go(webhookId);
        });
    }

    private Future<Void> deliver(String webhookId, Webhook.Endpoint endpoint, Delivery delivery) {
        if (delivery.data().isEmpty()) {
            meters.expired();
            return settling.expire(delivery, "the event is no longer kept").mapEmpty();
        }
        return poster.post(
                        endpoint,
                        Envelope.id(delivery.position()),
                        delivery.attempts() + 1,
                        Envelope.of(delivery, delivery.data().orElseThrow()))
                .compose(reply -> settling.settle(webhookId, endpoint, delivery, reply)
                        .onSuccess(settled -> {
                            meters.called(reply, settled.outcome());
                            settled.noticed().ifPresent(noticed -> {
                                log.info(
                                        "{} {}: {}",
                                        noticed.notice().type,
                                        webhookId,
                                        reply.error().orElse("it answers"));
                                events.told(noticed.deviceId());
                            });
                        }))
                .mapEmpty();
    }

    /** No new calls; those under way may end. */
    Future<Void> stop(Duration patience) {
        stopped = true;
        Promise<Void> over = Promise.promise();
        Future.join(List.copyOf(calls)).onComplete(_ -> over.tryComplete());
        return over.future().timeout(patience.toMillis(), TimeUnit.MILLISECONDS).otherwiseEmpty();
    }
}
