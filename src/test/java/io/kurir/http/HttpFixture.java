package io.kurir.http;

import io.kurir.Settings;
import io.kurir.access.AccessTokens;
import io.kurir.access.Accounts;
import io.kurir.access.Authenticator;
import io.kurir.access.DeviceTokens;
import io.kurir.access.Limits;
import io.kurir.access.LoginThrottle;
import io.kurir.access.Passwords;
import io.kurir.access.Strangers;
import io.kurir.access.Tickets;
import io.kurir.access.Users;
import io.kurir.audit.Audit;
import io.kurir.batch.BatchKeeping;
import io.kurir.batch.BatchPromotion;
import io.kurir.batch.Batches;
import io.kurir.batch.Bulk;
import io.kurir.bus.Bus;
import io.kurir.bus.Door;
import io.kurir.chat.Chats;
import io.kurir.chat.History;
import io.kurir.cluster.Nodes;
import io.kurir.config.StoredConfig;
import io.kurir.contact.AddressBook;
import io.kurir.contact.Contacts;
import io.kurir.contact.NumberChecks;
import io.kurir.db.TestPostgres;
import io.kurir.db.embedded.Ports;
import io.kurir.erasure.Erasure;
import io.kurir.event.EventFeed;
import io.kurir.event.EventLog;
import io.kurir.group.Groups;
import io.kurir.media.Intake;
import io.kurir.media.Media;
import io.kurir.media.MediaFixture;
import io.kurir.media.MediaLinks;
import io.kurir.member.MemberVerticle;
import io.kurir.message.MessageChanges;
import io.kurir.message.Messages;
import io.kurir.message.Outbox;
import io.kurir.outbound.Outbound;
import io.kurir.outbound.UrlGuard;
import io.kurir.reporting.AllowedNumbers;
import io.kurir.reporting.Overview;
import io.kurir.reporting.Reports;
import io.kurir.schedule.SchedulerVerticle;
import io.kurir.schedule.Schedules;
import io.kurir.session.Devices;
import io.kurir.session.Owners;
import io.kurir.session.Pages;
import io.kurir.session.QrCodes;
import io.kurir.session.Tenants;
import io.kurir.statistics.Statistics;
import io.kurir.suppression.Suppressions;
import io.kurir.trace.Traces;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisAPI;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import redis.embedded.RedisServer;

/** The HTTP side on real PostgreSQL and Redis, with an admin. */
final class HttpFixture implements AutoCloseable {
    static final String SECRET = "a secret of at least thirty-two characters";
    static final String FORMER_SECRET = "a secret that signed access tokens before";
    static final String CLUSTER_SECRET = "what programs that join the cluster know";
    static final String EMAIL = "admin@example.com";
    static final String PASSWORD = "correct horse battery staple";
    static final String KEY = "preset-key-of-the-operator";
    static final int LOGINS = 25;
    /** Bytes of room for one of the largest, and not for two. */
    static final long LARGE_BODIES = 40 << 20;

    final Vertx vertx = Vertx.vertx();
    final RedisServer redis;
    final String url = TestPostgres.freshUrl();
    final Pool pool;
    final Accounts accounts;
    final Users users;
    final DeviceTokens deviceTokens;
    final Bus bus;
    final Media media;
    final io.kurir.agent.Agents agents;
    final Owners owners;
    final Path data = temporary();
    final TestClock clock = new TestClock();
    final AtomicBoolean draining = new AtomicBoolean();
    /** Whether strangers may have sessions of agents. */
    final AtomicBoolean strangers = new AtomicBoolean();

    final HttpServices services;
    final ContractClient stranger;
    final URI base;
    /** The id of its deployment. */
    final String server;

    /** Without a limit of requests. */
    HttpFixture() {
        this(new Settings.Http("127.0.0.1", 0, URI.create("http://127.0.0.1")), false);
    }

    static HttpFixture withRegistration() {
        return new HttpFixture(new Settings.Http("127.0.0.1", 0, URI.create("http://127.0.0.1")), true);
    }

    HttpFixture(Settings.Agent agent) {
        this(new Settings.Http("127.0.0.1", 0, URI.create("http://127.0.0.1")), false, agent);
    }

    HttpFixture(Settings.Http http, boolean registration) {
        this(http, registration, io.kurir.agent.AgentFixture.settings());
    }

    private HttpFixture(Settings.Http http, boolean registration, Settings.Agent agent) {
        int redisPort = Ports.free();
        redis = startRedis(redisPort);
        pool = TestPostgres.pool(vertx, url);
        RedisAPI redisApi = RedisAPI.api(Redis.createClient(vertx, "redis://127.0.0.1:" + redisPort));
        AccessTokens tokens = AccessTokens.of(vertx, SECRET, List.of(FORMER_SECRET));
        Authenticator authenticator = new Authenticator(tokens, pool);
        Settings settings = settings(http, registration, agent);
        Passwords passwords = new Passwords(vertx);
        users = new Users(pool, passwords, authenticator::forgetUser);
        deviceTokens = new DeviceTokens(pool, authenticator);
        accounts = new Accounts(
                settings.access(), tokens, pool, users, passwords, new LoginThrottle(redisApi, LOGINS), authenticator);
        bus = new Bus(vertx);
        Nodes nodes = new Nodes(vertx, pool, "node-http", "test", settings.roles(), 1L << 30);
        nodes.join().await();
        owners = new Owners(vertx, pool, bus, nodes);
        Devices devices = new Devices(
                pool,
                owners,
                "ID",
                new io.kurir.session.Proxies(
                        vertx,
                        new io.kurir.Vault("a secret for tests, 32 characters or more"),
                        java.net.URI.create("http://127.0.0.1:1"),
                        settings.device().allowProxies()));
        QrCodes qrCodes = new QrCodes(
                vertx, pool, devices, settings.dialect().connections().openQr());
        EventLog events = new EventLog(pool, bus);
        StoredConfig config = new StoredConfig(
                vertx,
                pool,
                bus,
                settings.delivery(),
                settings.send(),
                settings.device().onLogout());
        config.follow(io.kurir.config.ConfigKey.API_KEY, authenticator::forgetKeys);
        Contacts contacts = new Contacts(pool, events);
        NumberChecks numbers = new NumberChecks(Optional.of(redisApi));
        Messages messages =
                new Messages(vertx, pool, bus, owners, devices, numbers, contacts, config::send, Traces.OFF);
        Pages pages = new Pages(owners);
        media = new Media(vertx, pool, settings.media(), data);
        Outbox outbox = new Outbox(pool, bus);
        Intake intake = new Intake(
                vertx,
                media,
                new Outbound(vertx, new UrlGuard(vertx, settings.media().allowUrls())));
        vertx.deployVerticle(new SchedulerVerticle(List.of(
                        new BatchPromotion(vertx, pool, outbox, () -> 60_000), new BatchKeeping(pool, outbox, events))))
                .await();
        Metrics metrics = new Metrics();
        agents = new io.kurir.agent.Agents(
                vertx, pool, devices, messages, new io.kurir.Vault(SECRET), settings.agent(), metrics.registry());
        EventFeed feed = new EventFeed(vertx, pool, bus, settings.events().sweep());
        java.time.ZoneId zone = settings.device().timezone();
        Groups groups = new Groups(devices, pages, contacts);
        Statistics statistics = new Statistics(pool, devices, zone, java.time.InstantSource.system());
        services = new HttpServices(
                settings.http(),
                settings.access(),
                About.of(settings),
                Contract.load(settings.http().publicUrl()),
                new LargeBodies(LARGE_BODIES),
                authenticator,
                accounts,
                users,
                deviceTokens,
                new Strangers(pool, strangers::get),
                new Tickets(redisApi),
                new Limits(redisApi, settings.http().rate()),
                devices,
                qrCodes,
                new Tenants(pool),
                messages,
                new MessageChanges(pool, messages, devices, pages, events),
                new Bulk(pool, messages, settings.send()),
                new Batches(vertx, pool, devices, contacts, intake, outbox, events),
                new Suppressions(pool, devices, contacts, "ID"),
                media,
                new Schedules(
                        pool,
                        devices,
                        messages,
                        settings.schedule(),
                        settings.device().timezone(),
                        java.time.InstantSource.system()),
                intake,
                new MediaLinks(SECRET, settings.http().publicUrl(), clock),
                new AddressBook(devices, pages, owners, contacts, numbers),
                new Chats(pool, devices, pages, contacts, java.time.ZoneId.of("Asia/Jakarta")),
                new History(vertx, pool, devices, pages, contacts, messages),
                groups,
                contacts,
                statistics,
                new Reports(pool, devices, contacts, groups, statistics, zone),
                new AllowedNumbers(pool, devices),
                new Overview(pool, zone, java.time.InstantSource.system()),
                nodes,
                config,
                feed,
                new Idempotency(vertx, pool, Duration.ofSeconds(5)),
                new io.kurir.webhook.Webhooks(
                        vertx, pool, bus, devices, new io.kurir.Vault(SECRET), settings.webhook()),
                agents,
                new io.kurir.agent.Chatbots(pool, agents, devices, "ID"),
                new Audit(pool, SECRET),
                new Erasure(pool, bus, devices, contacts, List.of()),
                new Health(new Health.Checks(
                        () -> pool.query("select 1").execute().map(false),
                        () -> redisApi.ping(List.of()),
                        () -> true,
                        draining::get,
                        Future::succeededFuture)),
                metrics,
                Traces.OFF);
        HttpVerticle verticle = new HttpVerticle(services);
        MemberVerticle member = new MemberVerticle(
                new Door(vertx, CLUSTER_SECRET, services.metrics().registry(), Traces.OFF),
                () -> new Calls(vertx, services),
                feed,
                services.metrics().registry());
        server = vertx.deployVerticle(
                        verticle, new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD))
                .await();
        vertx.deployVerticle(member, new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD))
                .await();
        base = URI.create("http://127.0.0.1:" + verticle.port());
        stranger = ContractClient.at(base);
    }

    private static Settings settings(Settings.Http http, boolean registration, Settings.Agent agent) {
        return new Settings(
                Settings.Mode.SIMULATOR,
                Set.of(Settings.Role.HTTP),
                Path.of("unused"),
                http,
                new Settings.Database("unused", 1, false),
                new Settings.Redis("unused"),
                new Settings.Cluster(
                        Path.of("unused"),
                        "unused",
                        "127.0.0.1",
                        0,
                        CLUSTER_SECRET,
                        Duration.ofSeconds(15),
                        Duration.ZERO),
                new Settings.WhatsApp(
                        URI.create("http://127.0.0.1"),
                        new Settings.Browser(
                                Optional.empty(),
                                true,
                                5,
                                Optional.empty(),
                                Duration.ofSeconds(1),
                                Duration.ofHours(24),
                                Duration.ofSeconds(30),
                                Optional.empty()),
                        1L << 40),
                new Settings.Profile(Optional.empty(), true, Settings.OnStale.RELINK, Duration.ofMinutes(10)),
                new Settings.Lease(Duration.ofSeconds(20), Duration.ofSeconds(5), Duration.ofSeconds(2)),
                new Settings.Delivery(
                        8,
                        Duration.ofSeconds(1),
                        Settings.OnUnknown.RESEND,
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(30)),
                new Settings.Send(100, 100, 500, Duration.ofSeconds(3)),
                MediaFixture.settings(),
                new Settings.Device(
                        Settings.OnLogout.KEEP,
                        "ID",
                        java.time.ZoneId.of("Asia/Jakarta"),
                        List.of(),
                        Duration.ofSeconds(5),
                        List.of("localhost")),
                new Settings.Health(Duration.ofSeconds(10), Duration.ofMinutes(1)),
                new Settings.Access(
                        SECRET,
                        List.of(),
                        Duration.ofHours(1),
                        Duration.ofDays(7),
                        registration,
                        Optional.of(EMAIL),
                        Optional.of(PASSWORD),
                        Optional.of(KEY),
                        LOGINS),
                new Settings.Dialect(new Settings.Dialect.Connections(true), new Settings.Dialect.Agents(false)),
                new Settings.Events(Duration.ofDays(7), Duration.ofSeconds(1)),
                new Settings.History(Settings.Persist.ALL),
                new Settings.Suppression(List.of("stop")),
                new Settings.Schedule(io.kurir.schedule.Schedule.Missed.SEND, Duration.ofMinutes(1)),
                new Settings.Retention(Duration.ofHours(24), Duration.ofDays(90), Duration.ofDays(730)),
                io.kurir.webhook.WebhookFixture.settings(),
                agent,
                new Settings.Tracing(Optional.empty()));
    }

    /** A person of role user, who has logged in. */
    ContractClient user(String name) {
        pool.preparedQuery("insert into app_user (email, username, password_hash, role)"
                        + " select $1, $2, password_hash, 'user' from app_user where email = $3")
                .execute(io.vertx.sqlclient.Tuple.of(name + "@example.com", name, EMAIL))
                .await();
        return stranger.withToken(login(name + "@example.com"));
    }

    String login(String email) {
        return stranger.post(
                        "/api/auth/login",
                        new io.vertx.core.json.JsonObject().put("email", email).put("password", PASSWORD))
                .data()
                .getString("token");
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("kurir-http-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RedisServer startRedis(int port) {
        try {
            RedisServer server = RedisServer.newRedisServer()
                    .port(port)
                    .bind("127.0.0.1")
                    .setting("save \"\"")
                    .build();
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            EventContract.check(pool);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            end();
        }
    }

    private void end() {
        vertx.close().await();
        try {
            redis.stop();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
