package io.kurir.webhook;

import static org.awaitility.Awaitility.await;

import io.kurir.Names;
import io.kurir.Settings;
import io.kurir.Vault;
import io.kurir.access.Caller;
import io.kurir.access.Reach;
import io.kurir.bus.Bus;
import io.kurir.db.Database;
import io.kurir.db.TestPostgres;
import io.kurir.event.EventLog;
import io.kurir.http.EventContract;
import io.kurir.session.Devices;
import io.kurir.session.Proxies;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.core.ConditionFactory;

/** A database with two users and their devices, events that happen there, and nodes that deliver them when a test starts them. */
final class Town {
    static final Caller ADMIN = caller(1, Caller.Role.ADMIN);
    static final Caller USER = caller(2, Caller.Role.USER);

    private static final String HAPPEN = """
            with happened as (
                select n as ord, $2::text as type, jsonb_build_object('chat', $3::text, 'n', n) as data
                from generate_series($4::int, $5::int) n
            ), %s
            select count(*) from happened
            """.formatted(EventLog.APPEND);

    final Vertx vertx = Vertx.vertx();
    final String url = TestPostgres.freshUrl();
    final Pool pool = Database.open(vertx, new Settings.Database(url, 8, false));
    final Vault vault = new Vault("a secret for tests, 32 characters or more");
    final Bus bus = new Bus(vertx);
    final EventLog events = new EventLog(pool, bus);
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final Settings.Webhook settings;
    final Webhooks webhooks;
    final Deliveries away;
    private final List<Vertx> others = new ArrayList<>();

    Town(Settings.Webhook settings) {
        this.settings = settings;
        events.maintain(Duration.ofDays(30)).await();
        sql("insert into app_user (email, username, password_hash, role)"
                + " values ('a@example.com', 'a', 'x', 'admin'), ('u@example.com', 'u', 'x', 'user')");
        sql(
                "insert into device (device_id, owner_id, name) values ('one', 2, 'one'), ('two', 2, 'two'), ('other', 1, 'other')");
        sql("insert into event_counter (device_id) values ('one'), ('two'), ('other')");
        Devices devices = new Devices(
                pool,
                new io.kurir.session.Owners(
                        vertx,
                        pool,
                        bus,
                        new io.kurir.cluster.Nodes(vertx, pool, "town", "test", java.util.Set.of(), 1)),
                "ID",
                new Proxies(vertx, vault, URI.create("http://127.0.0.1:1"), List.of()));
        away = new Deliveries(pool, settings);
        webhooks = new Webhooks(vertx, pool, bus, devices, vault, settings);
    }

    private static Caller caller(long id, Caller.Role role) {
        return new Caller(
                id, role, "x", EnumSet.allOf(Caller.Scope.class), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** With a token of its own for a file of words that it must wait for. */
    static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(60));
    }

    /** This node delivers from now on. */
    void start() {
        vertx.deployVerticle(node(pool, bus)).await();
    }

    /** Another node, with nothing in common but the database. */
    void startAnother() {
        Vertx other = Vertx.vertx();
        others.add(other);
        other.deployVerticle(node(Database.open(other, new Settings.Database(url, 8, false)), new Bus(other)))
                .await();
    }

    private WebhookVerticle node(Pool itsPool, Bus itsBus) {
        return new WebhookVerticle(
                itsPool, itsBus, new EventLog(itsPool, itsBus), settings, Duration.ofMillis(100), vault, registry);
    }

    /** Of the user's devices, or of one. */
    Webhook hook(String endpoint, Optional<String> device, List<String> types) {
        return hook(USER, new Webhooks.Scope(device, false), endpoint, types);
    }

    Webhook hook(Caller caller, Webhooks.Scope scope, String endpoint, List<String> types) {
        return webhooks.create(
                caller,
                scope,
                new Webhooks.Wanted(
                        Optional.of(endpoint),
                        Optional.of(types),
                        Optional.of(Map.of("authorization", "Bearer of news")),
                        Optional.of(Duration.ofSeconds(30)),
                        Optional.empty()),
                Optional.empty(),
                Names.random());
    }

    Webhook hook(Receiver receiver) {
        return hook(receiver.url(), Optional.empty(), List.of());
    }

    void happen(String device, String chat, int from, int to) {
        happen(device, "message.received", chat, from, to);
    }

    void happen(String device, String type, String chat, int from, int to) {
        pool.preparedQuery(HAPPEN)
                .execute(Tuple.of(device, type, chat, from, to))
                .await();
        events.told(device);
    }

    Webhook seen(Webhook webhook) {
        return webhooks.get(Reach.ALL, webhook.id());
    }

    List<DeliveryStore.Entry> deliveries(Webhook webhook) {
        return webhooks.deliveries(
                Reach.ALL,
                webhook.id(),
                new Webhooks.DeliveryQuery(
                        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), 1000));
    }

    long count(String state) {
        return number("select count(*) from webhook_delivery where state = '" + state + "'");
    }

    long number(String query) {
        return pool.query(query).execute().await().iterator().next().getLong(0);
    }

    List<JsonObject> told(String type) {
        List<JsonObject> data = new ArrayList<>();
        for (Row row : pool.preparedQuery("select data from event where type = $1 order by position")
                .execute(Tuple.of(type))
                .await()) {
            data.add(row.getJsonObject(0));
        }
        return data;
    }

    /** What is wrong with the events of webhooks by their contract. */
    List<String> faults() {
        List<String> faults = new ArrayList<>();
        for (String type : List.of("webhook.down", "webhook.up", "webhook.disabled")) {
            told(type).forEach(data -> faults.addAll(EventContract.faults(type, data)));
        }
        return faults;
    }

    void sql(String statement) {
        pool.query(statement).execute().await();
    }

    void close() {
        others.forEach(other -> other.close().await());
        vertx.close().await();
    }
}
