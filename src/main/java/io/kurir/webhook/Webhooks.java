package io.kurir.webhook;

import io.kurir.Names;
import io.kurir.Settings;
import io.kurir.Vault;
import io.kurir.access.Caller;
import io.kurir.access.Reach;
import io.kurir.bus.Address;
import io.kurir.bus.Bus;
import io.kurir.event.EventType;
import io.kurir.http.Problem;
import io.kurir.http.Problem.Detail;
import io.kurir.outbound.Circuit;
import io.kurir.outbound.UrlGuard;
import io.kurir.session.Devices;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Subscriptions and what was delivered. To be called on a virtual thread, but for what answers a Future. Every method that names a webhook throws
 * {@code NOT_FOUND}, also for one beyond the reach.
 */
public final class Webhooks {
    /** Said after a commit that put deliveries for a webhook by hand. */
    public record Replayed(String webhookId) {}

    static final Address<Replayed, Void> REPLAYED = new Address<>("webhook.replayed", Replayed.class, Void.class);

    static final int REPLAY_AT_ONCE = 10_000;
    private static final int SHORTEST_SECRET = 16;

    /** What may be said of a webhook; absent fields stay as they are, or are the defaults of a new one. */
    record Wanted(
            Optional<String> url,
            Optional<List<String>> events,
            Optional<Map<String, String>> headers,
            Optional<Duration> timeout,
            Optional<Boolean> enabled) {}

    /** Whose events a new webhook gets. */
    record Scope(Optional<String> deviceId, boolean allOwners) {}

    /** One page; {@code total} counts all. */
    record Listing(List<Webhook> webhooks, long total) {}

    /** Where a page of deliveries ended. */
    record Place(long position, long id) {}

    record DeliveryQuery(
            Optional<String> state,
            Optional<String> type,
            Optional<String> deviceId,
            Optional<Place> before,
            int limit) {}

    /**
     * Which events are delivered once more; all that is given must fit.
     *
     * @param after a position
     * @param types empty: those of the webhook
     * @param state of an earlier delivery
     */
    record Replay(
            Optional<List<Long>> positions,
            Optional<Long> after,
            Optional<Instant> from,
            Optional<Instant> to,
            List<String> types,
            Optional<String> state) {}

    /** What a test call came to. */
    record Tested(String eventId, Reply reply) {}

    private final WebhookStore store;
    private final DeliveryStore deliveries;
    private final Devices devices;
    private final Bus bus;
    private final Poster poster;
    private final Settings.Webhook settings;

    public Webhooks(Vertx vertx, Pool pool, Bus bus, Devices devices, Vault vault, Settings.Webhook settings) {
        this.store = new WebhookStore(pool, vault);
        this.deliveries = new DeliveryStore(pool);
        this.devices = devices;
        this.bus = bus;
        this.poster = new Poster(vertx, settings.allowUrls());
        this.settings = settings;
    }

    Listing list(Reach reach, Optional<String> deviceId, int page, int pageSize) {
        return store.list(reach, deviceId, page, pageSize).await();
    }

    Webhook get(Reach reach, String id) {
        return find(reach, id).orElseThrow(() -> Problem.of(Problem.Code.NOT_FOUND, "There is no webhook " + id));
    }

    /** With the secret that is shown this once; throws {@code INVALID_PAYLOAD}, {@code FORBIDDEN}, or that of {@link Devices#get}. */
    Webhook create(Caller caller, Scope scope, Wanted wanted, Optional<String> secret, Names names) {
        Optional<String> deviceId = caller.about(scope.deviceId());
        boolean foreign = deviceId.map(id -> devices.get(caller.reach(), id).ownerId() != caller.userId())
                .orElse(false);
        boolean others = scope.allOwners() || foreign;
        if (others && caller.role() != Caller.Role.ADMIN) {
            throw Problem.about(Problem.Code.FORBIDDEN, "allOwners", "is for admins");
        }
        Owner owner = new Owner("wh_" + names.hex(8), caller.userId(), deviceId, others);
        if (!create(owner, wanted, secret, names) && !names.repeatable()) {
            throw new IllegalStateException("a webhook " + owner.id() + " is there already");
        }
        return get(caller.reach(), owner.id());
    }

    /** Whose a new webhook is, and under which id. */
    record Owner(String id, long userId, Optional<String> deviceId, boolean allOwners) {}

    /** False when there is one of this id; throws {@code INVALID_PAYLOAD}. */
    boolean create(Owner owner, Wanted wanted, Optional<String> secret, Names names) {
        check(wanted);
        return store.create(new Webhook(
                        owner.id(),
                        owner.userId(),
                        owner.deviceId(),
                        owner.allOwners(),
                        wanted.events().orElse(List.of()),
                        new Webhook.Endpoint(
                                wanted.url().orElseThrow(),
                                wanted.headers().orElse(Map.of()),
                                secret.map(Webhooks::strong).orElseGet(() -> Signature.mint(names)),
                                Optional.empty(),
                                Optional.empty(),
                                wanted.timeout().orElse(Duration.ofSeconds(10))),
                        wanted.enabled().orElse(true),
                        Circuit.CLOSED,
                        "",
                        "",
                        Instant.EPOCH,
                        Instant.EPOCH))
                .await();
    }

    Optional<Webhook> find(Reach reach, String id) {
        return store.get(reach, id).await();
    }

    /** Whether it is the type of events that are stored; what is live only is not delivered. */
    static boolean known(String type) {
        return EventType.of(type).filter(found -> !found.live()).isPresent();
    }

    private static String strong(String secret) {
        if (secret.length() < SHORTEST_SECRET) {
            throw Problem.invalid("secret", "must have at least " + SHORTEST_SECRET + " characters");
        }
        return secret;
    }

    private void check(Wanted wanted) {
        List<Detail> wrong = new ArrayList<>();
        List<String> events = wanted.events().orElse(List.of());
        for (int i = 0; i < events.size(); i++) {
            if (!known(events.get(i))) {
                wrong.add(new Detail("events[" + i + "]", "is not the type of an event"));
            }
        }
        wanted.url().flatMap(this::refused).ifPresent(why -> wrong.add(new Detail("url", why)));
        if (!wrong.isEmpty()) {
            throw Problem.invalid(wrong);
        }
    }

    private Optional<String> refused(String url) {
        try {
            UrlGuard.Target target = poster.check(url).await();
            // what is told are people's messages: they do not cross the Internet for everybody to read
            return target.tls() || target.named()
                    ? Optional.empty()
                    : Optional.of("must begin with https:// unless webhook.allow-urls names its host");
        } catch (UrlGuard.Blocked blocked) {
            return Optional.of(String.valueOf(blocked.getMessage()));
        }
    }

    Webhook update(Reach reach, String id, Wanted wanted) {
        Webhook old = get(reach, id);
        check(wanted);
        Webhook.Endpoint endpoint = old.endpoint();
        String url = wanted.url().orElse(endpoint.url());
        boolean enabled = wanted.enabled().orElse(old.enabled());
        Webhook updated = new Webhook(
                old.id(),
                old.ownerId(),
                old.deviceId(),
                old.allOwners(),
                wanted.events().orElse(old.events()),
                new Webhook.Endpoint(
                        url,
                        wanted.headers().orElse(endpoint.headers()),
                        endpoint.secret(),
                        endpoint.previous(),
                        endpoint.previousUntil(),
                        wanted.timeout().orElse(endpoint.timeout())),
                enabled,
                old.circuit(),
                old.downReason(),
                old.disabledReason(),
                old.createdAt(),
                old.updatedAt());
        store.update(updated, (enabled && !old.enabled()) || !url.equals(endpoint.url()))
                .await();
        bus.publish(REPLAYED, new Replayed(id));
        return get(reach, id);
    }

    void delete(Reach reach, String id) {
        store.delete(get(reach, id).id()).await();
    }

    /** The old secret signs beside the new one for a while, so that an endpoint can be changed in between. */
    Webhook rotate(Reach reach, String id, Optional<String> secret, Names names) {
        get(reach, id);
        String fresh = secret.map(Webhooks::strong).orElseGet(() -> Signature.mint(names));
        store.rotate(id, fresh, settings.secretOverlap()).await();
        return get(reach, id);
    }

    /** Calls the endpoint at once with a sample, whatever its circuit says. */
    Tested test(Reach reach, String id) {
        Webhook webhook = get(reach, id);
        String eventId = "test_" + Names.random().hex(8);
        JsonObject sample = Envelope.of(
                eventId,
                "webhook.test",
                webhook.deviceId(),
                0,
                Optional.empty(),
                Instant.now(),
                new JsonObject().put("webhookId", id).put("message", "This is a test"));
        return new Tested(
                eventId, poster.post(webhook.endpoint(), eventId, 1, sample).await());
    }

    List<DeliveryStore.Entry> deliveries(Reach reach, String id, DeliveryQuery query) {
        get(reach, id);
        return deliveries.list(id, query).await();
    }

    /** The positions that are delivered once more, ascending, at most {@link #REPLAY_AT_ONCE}; all that were asked for by position, or none. */
    List<Long> replay(Reach reach, String id, Replay replay) {
        if (!get(reach, id).enabled()) {
            throw Problem.of(Problem.Code.CONFLICT, "The webhook is disabled: enable it first");
        }
        replay.positions().ifPresent(wanted -> {
            List<Long> there = deliveries.positions(id, wanted).await();
            for (int i = 0; i < wanted.size(); i++) {
                if (!there.contains(wanted.get(i))) {
                    throw Problem.about(
                            Problem.Code.NOT_FOUND, "eventIds[" + i + "]", "is no event of this webhook that is kept");
                }
            }
        });
        List<Long> positions = deliveries.replay(id, replay, REPLAY_AT_ONCE).await();
        bus.publish(REPLAYED, new Replayed(id));
        return positions;
    }
}
