package io.kurir;

import io.kurir.Settings.Access;
import io.kurir.Settings.Agent;
import io.kurir.Settings.Browser;
import io.kurir.Settings.Cluster;
import io.kurir.Settings.Database;
import io.kurir.Settings.Delivery;
import io.kurir.Settings.Device;
import io.kurir.Settings.Events;
import io.kurir.Settings.Health;
import io.kurir.Settings.Http;
import io.kurir.Settings.Lease;
import io.kurir.Settings.Media;
import io.kurir.Settings.Mode;
import io.kurir.Settings.OnLogout;
import io.kurir.Settings.OnStale;
import io.kurir.Settings.OnUnknown;
import io.kurir.Settings.Rate;
import io.kurir.Settings.Redis;
import io.kurir.Settings.Retention;
import io.kurir.Settings.Role;
import io.kurir.Settings.Send;
import io.kurir.Settings.Suppression;
import io.kurir.Settings.Webhook;
import io.kurir.Settings.WhatsApp;
import io.kurir.http.Networks;
import io.kurir.schedule.Schedule.Missed;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@link Settings}. A key is looked for in this order: the command line, its own environment variable ({@code KURIR_} and the
 * path in upper snake case), the older variables that mean the same, the file, the default. Every key is named exactly once, here,
 * with its default; {@code conf/kurir.yaml} explains them. Over 300 lines, because every key has one.
 */
public final class SettingsFile {
    /** What Chromium may resolve when WhatsApp is simulated: nothing but this machine. */
    public static final String LOOPBACK_ONLY = "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost";

    /** Of {@code media.types}: pictures, films, sounds, documents; nothing that runs where it is opened. */
    private static final List<String> SENDABLE = List.of(
            "image/jpeg",
            "image/png",
            "image/gif",
            "image/webp",
            "video/mp4",
            "video/3gpp",
            "video/webm",
            "video/quicktime",
            "video/x-msvideo",
            "audio/ogg",
            "audio/mpeg",
            "audio/mp4",
            "audio/aac",
            "audio/amr",
            "audio/wav",
            "application/pdf",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            "application/vnd.oasis.opendocument.text",
            "application/vnd.oasis.opendocument.spreadsheet",
            "application/vnd.oasis.opendocument.presentation",
            "text/plain",
            "text/csv",
            "text/vcard",
            "application/json",
            "application/rtf",
            "application/zip");

    private static final int SECRET_LENGTH = 32;
    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final SettingKeys keys;
    private final Path home;
    private final Purpose purpose;
    private final Mode mode;
    private final Path data;

    /** What the settings are read for. */
    enum Purpose {
        SERVE,
        DATABASE
    }

    private SettingsFile(SettingKeys keys, Path home, Purpose purpose) {
        this.keys = keys;
        this.purpose = purpose;
        this.home = home;
        this.mode = keys.word(Mode.class, "mode", Mode.PRODUCTION);
        this.data = keys.text("data")
                .map(Path::of)
                .orElse(home.resolve("data"))
                .toAbsolutePath()
                .normalize();
    }

    /**
     * Where settings come from: {@code home} is what the defaults of folders and files are relative to, {@code file} may be missing
     * unless it was asked for, {@code options} are keys that the command line sets.
     */
    public record Sources(
            Path home, Optional<Path> file, Map<String, String> environment, Map<String, String> options) {}

    /**
     * {@code settings} lack what is not known before the parts of this process run: the URLs where {@code embedPostgres} and
     * {@code embedRedis} say so, and the base URL where {@code simulate} does. {@code warnings} are sentences.
     */
    public record Loaded(
            Settings settings, boolean embedPostgres, boolean embedRedis, boolean simulate, List<String> warnings) {

        public Loaded withDatabase(String url) {
            var old = settings.database();
            var database = new Database(url, old.poolSize(), old.migrateAtStart());
            return with(database, settings.redis(), settings.whatsapp(), settings.agent());
        }

        public Loaded withRedis(String url) {
            return with(settings.database(), new Redis(url), settings.whatsapp(), settings.agent());
        }

        /** The simulated one, with an AI beside it at {@code /ai} for agents that are told of no other. */
        public Loaded withSimulator(URI baseUrl) {
            var whatsapp = new WhatsApp(
                    baseUrl, settings.whatsapp().browser(), settings.whatsapp().memoryBudget());
            var agent = settings.agent().backendUrl().isPresent()
                    ? settings.agent()
                    : settings.agent().withBackend(baseUrl.resolve("/ai"));
            return with(settings.database(), settings.redis(), whatsapp, agent);
        }

        private Loaded with(Database database, Redis redis, WhatsApp whatsapp, Agent agent) {
            var s = settings;
            var settings = new Settings(
                    s.mode(),
                    s.roles(),
                    s.data(),
                    s.http(),
                    database,
                    redis,
                    s.cluster(),
                    whatsapp,
                    s.profile(),
                    s.lease(),
                    s.delivery(),
                    s.send(),
                    s.media(),
                    s.device(),
                    s.health(),
                    s.access(),
                    s.dialect(),
                    s.events(),
                    s.history(),
                    s.suppression(),
                    s.schedule(),
                    s.retention(),
                    s.webhook(),
                    agent,
                    s.tracing());
            return new Loaded(settings, embedPostgres, embedRedis, simulate, warnings);
        }
    }

    /**
     * Reads and checks them all.
     *
     * @throws Misconfigured with the first thing that is wrong, unknown keys before all else
     */
    public static Loaded load(Sources sources) {
        return load(SettingKeys.read(sources), sources, Purpose.SERVE);
    }

    /** As {@link #load}, for work on the database alone: secrets may be missing. */
    public static Loaded loadForDatabase(Sources sources) {
        return load(SettingKeys.read(sources), sources, Purpose.DATABASE);
    }

    static Loaded load(SettingKeys keys, Sources sources, Purpose purpose) {
        var loaded = new SettingsFile(keys, sources.home(), purpose).loaded(sources.environment());
        keys.complain();
        return loaded;
    }

    private Loaded loaded(Map<String, String> environment) {
        var databaseUrl = keys.text("database.url", "DATABASE_URL");
        var redisUrl = keys.text("redis.url", "REDIS_URL");
        var baseUrl = keys.uri("whatsapp.base-url");
        databaseUrl.ifPresent(url -> keys.require(
                url.startsWith("postgresql://") || url.startsWith("postgres://"),
                "database.url must look like postgresql://user:password@host:5432/database."));
        redisUrl.ifPresent(url -> keys.require(
                url.startsWith("redis://") || url.startsWith("rediss://"),
                "redis.url must look like redis://:password@host:6379."));
        var secret = secret();
        var settings = new Settings(
                mode,
                keys.words(Role.class, "roles", EnumSet.allOf(Role.class)),
                data,
                http(),
                new Database(
                        databaseUrl.orElse(""),
                        keys.number("database.pool-size", 10, 1, 500),
                        keys.flag("database.migrate-at-start", mode != Mode.PRODUCTION, "AUTO_CREATE_TABLES")),
                new Redis(redisUrl.orElse("")),
                cluster(secret),
                new WhatsApp(
                        baseUrl.orElse(URI.create("https://web.whatsapp.com")),
                        browser(),
                        keys.bytes("whatsapp.memory-budget", Memory.total() / 100 * 60, Memory.total())),
                new Settings.Profile(
                        keys.text("profile.shared-folder")
                                .map(folder -> Path.of(folder).toAbsolutePath().normalize()),
                        keys.flag("profile.snapshots", true),
                        keys.word(OnStale.class, "profile.on-stale", OnStale.RELINK),
                        keys.duration("profile.wait-for-node", Duration.ofMinutes(10), Duration.ZERO)),
                lease(),
                delivery(),
                send(),
                media(),
                device(),
                health(),
                access(secret),
                new Settings.Dialect(
                        new Settings.Dialect.Connections(keys.flag("dialect.connections.open-qr", true)),
                        new Settings.Dialect.Agents(keys.flag("dialect.agents.anonymous", false))),
                new Events(
                        keys.duration("events.retention", Duration.ofDays(30), Duration.ofDays(1)),
                        keys.duration("events.sweep", Duration.ofSeconds(1), Duration.ofMillis(50))),
                new Settings.History(keys.word(Settings.Persist.class, "history.persist", Settings.Persist.ALL)),
                suppression(),
                new Settings.Schedule(
                        keys.word(Missed.class, "schedule.missed", Missed.SEND),
                        keys.duration("schedule.late-after", Duration.ofMinutes(1), Duration.ofSeconds(1))),
                retention(),
                webhook(),
                agent(),
                new Settings.Tracing(keys.uri("tracing.endpoint", "OTEL_EXPORTER_OTLP_ENDPOINT")));
        return new Loaded(
                settings,
                databaseUrl.isEmpty(),
                redisUrl.isEmpty(),
                mode == Mode.SIMULATOR && baseUrl.isEmpty(),
                OlderVariables.warnings(environment));
    }

    private Retention retention() {
        var hour = Duration.ofHours(1);
        return new Retention(
                keys.duration("retention.temporary-files", Duration.ofHours(24), hour),
                keys.duration("retention.jobs", Duration.ofDays(90), hour),
                keys.duration("retention.audit", Duration.ofDays(730), Duration.ofDays(1)));
    }

    private Http http() {
        var host = keys.text("http.host").orElse("127.0.0.1");
        var port = keys.number("http.port", 3000, 0, 65_535, "PORT");
        var named = host.equals("0.0.0.0") || host.equals("::") ? "localhost" : host;
        var url = keys.uri("http.public-url").orElse(URI.create("http://" + named + ":" + port));
        return new Http(host, port, url, origins(), networks("http.trusted-proxies"), rate(), management(host));
    }

    private Optional<Settings.Management> management(String host) {
        var at = keys.text("http.management-host").orElse(host);
        var port = keys.number("http.management-port", 0, 0, 65_535);
        return port == 0 ? Optional.empty() : Optional.of(new Settings.Management(at, port));
    }

    /** As browsers say it: without a path, and without a port that goes without saying. */
    private List<String> origins() {
        var origins = keys.list("http.allowed-origins", "ALLOWED_ORIGINS", "FRONTEND_URL").stream()
                .map(origin -> origin.replaceAll("/+$", "").toLowerCase(Locale.ROOT))
                .toList();
        keys.require(
                origins.stream().allMatch(origin -> origin.matches("https?://[^/?#@*\\s]+")),
                "http.allowed-origins must be origins such as https://shop.example or http://localhost:8080.");
        return origins;
    }

    private List<String> networks(String key, String... aliases) {
        var networks = keys.list(key, aliases);
        keys.require(
                networks.stream().allMatch(Networks::readable),
                key + " must be addresses or networks such as 192.0.2.7 or 10.0.0.0/8.");
        return networks;
    }

    private Rate rate() {
        return new Rate(
                keys.number("http.rate.limit", mode == Mode.PRODUCTION ? 100 : 0, 0, 999_999_999, "API_RATE_LIMIT"),
                keys.duration("http.rate.window", Duration.ofMinutes(1), Duration.ofMillis(100), "API_RATE_WINDOW"),
                networks("http.rate.whitelist", "RATE_LIMIT_WHITELIST"),
                keys.text("http.rate.message", "RATE_LIMIT_MESSAGE").orElse(Rate.MESSAGE),
                keys.number("http.rate.status-code", Rate.STATUS, 400, 599, "RATE_LIMIT_STATUS_CODE"));
    }

    private Cluster cluster(String accessSecret) {
        return new Cluster(
                keys.text("cluster.config").map(Path::of).orElse(home.resolve("cluster.xml")),
                keys.text("cluster.name").orElse("kurir"),
                keys.text("cluster.host").orElse("127.0.0.1"),
                keys.number("cluster.bus-port", 0, 0, 65_535),
                clusterSecret(accessSecret),
                keys.duration("cluster.rebalance-every", Duration.ofSeconds(15), SHORTEST),
                keys.duration("cluster.drain-timeout", Duration.ofSeconds(60), Duration.ZERO));
    }

    /** Where none is given nobody outside knows it, and all nodes the same. */
    private String clusterSecret(String accessSecret) {
        var given = keys.text("cluster.secret");
        given.ifPresent(
                secret -> keys.require(
                        secret.length() >= SECRET_LENGTH,
                        "cluster.secret is too short: it needs at least 32 characters, for example from `openssl rand -base64 48`."));
        return given.orElseGet(() -> accessSecret.isEmpty() ? "" : Secrets.derived(accessSecret, "kurir cluster 1"));
    }

    private Browser browser() {
        var executable = keys.text("whatsapp.browser.executable", "CHROME_PATH", "PUPPETEER_EXECUTABLE_PATH");
        var simulatedAsRoot = mode == Mode.SIMULATOR && "root".equals(System.getProperty("user.name"));
        var hostRules = keys.text("whatsapp.browser.host-rules");
        return new Browser(
                executable.map(Path::of),
                keys.flag("whatsapp.browser.sandbox", !simulatedAsRoot),
                keys.number("whatsapp.browser.devices-per-browser", 5, 1, 50),
                mode == Mode.SIMULATOR ? Optional.of(hostRules.orElse(LOOPBACK_ONLY)) : hostRules,
                keys.duration("whatsapp.browser.open-timeout", Duration.ofSeconds(60), Duration.ofSeconds(1)),
                keys.duration("whatsapp.browser.recycle-after", Duration.ofHours(24), Duration.ofSeconds(10)),
                keys.duration("whatsapp.browser.idle-after", Duration.ofSeconds(30), SHORTEST),
                blockedRequests());
    }

    private Optional<Path> blockedRequests() {
        var given = keys.text("whatsapp.browser.blocked-requests");
        if (given.filter("none"::equals).isPresent() || (given.isEmpty() && mode == Mode.SIMULATOR)) {
            return Optional.empty();
        }
        return Optional.of(given.map(Path::of).orElse(home.resolve("conf/blocked-requests.txt")));
    }

    private Health health() {
        return new Health(
                keys.duration("health.probe-every", Duration.ofSeconds(10), Duration.ofMillis(100)),
                keys.duration("health.healthy-after", Duration.ofMinutes(1), SHORTEST));
    }

    private Lease lease() {
        var lease = new Lease(
                keys.duration("lease.ttl", Duration.ofSeconds(20), SHORTEST),
                keys.duration("lease.renew-every", Duration.ofSeconds(5), SHORTEST),
                keys.duration("lease.margin", Duration.ofSeconds(3), Duration.ZERO));
        var needed = lease.renewEvery().multipliedBy(2).plus(lease.margin());
        keys.require(
                lease.ttl().compareTo(needed) >= 0,
                "lease.ttl must be at least twice lease.renew-every plus lease.margin, so that one lost renewal costs nothing:"
                        + " raise it or lower the others.");
        return lease;
    }

    private Delivery delivery() {
        return new Delivery(
                keys.number("delivery.max-attempts", Settings.DEFAULT_MAX_ATTEMPTS, 1, 100, "SCHEDULER_MAX_ATTEMPTS"),
                keys.duration("delivery.base-delay", Settings.DEFAULT_BASE_DELAY, SHORTEST, "SCHEDULER_BASE_DELAY_MS"),
                keys.word(OnUnknown.class, "delivery.on-unknown", OnUnknown.RESEND),
                keys.duration("delivery.ack-timeout", Duration.ofSeconds(60), SHORTEST),
                keys.duration("delivery.grace-time", Duration.ofSeconds(15), Duration.ZERO),
                keys.duration("delivery.restriction-pause", Duration.ofHours(1), Duration.ofSeconds(1)));
    }

    private Send send() {
        return new Send(
                keys.number("send.per-minute", 100, 1, 1_000_000),
                keys.number("send.burst", 100, 1, 1_000_000),
                keys.number("send.sync-queue", 500, 1, 1_000_000),
                keys.duration("send.sync-timeout", Duration.ofSeconds(30), SHORTEST));
    }

    private Media media() {
        var types = keys.list("media.types");
        return new Media(
                keys.number("media.max-size", 16 * 1024 * 1024, 1024, 100 * 1024 * 1024),
                Set.copyOf(types.isEmpty() ? SENDABLE : types),
                keys.duration("media.retention", Duration.ofDays(30), Duration.ofHours(1)),
                keys.number("media.cache-size", 512 * 1024 * 1024, 1024, 999_999_999),
                keys.duration("media.fetch-timeout", Duration.ofSeconds(20), SHORTEST),
                keys.list("media.allow-urls"));
    }

    private Suppression suppression() {
        var words = keys.list("suppression.words");
        return new Suppression((words.isEmpty() ? List.of("stop", "berhenti", "unsubscribe") : words)
                .stream().map(word -> word.strip().toLowerCase(Locale.ROOT)).toList());
    }

    private Device device() {
        var country = keys.text("device.country").orElse("ID");
        keys.require(
                country.matches("[A-Z]{2}"), "device.country must be a country by two capital letters, such as ID.");
        return new Device(
                keys.word(OnLogout.class, "device.on-logout", OnLogout.KEEP),
                country,
                timezone(),
                keys.list("device.restore", "WA_CLIENT_IDS"),
                keys.duration("device.reconnect-delay", Duration.ofSeconds(5), Duration.ofMillis(10)),
                keys.list("device.allow-proxies"));
    }

    private ZoneId timezone() {
        var zone = keys.text("device.timezone").orElse("Asia/Jakarta");
        boolean known = ZoneId.getAvailableZoneIds().contains(zone);
        keys.require(known, "device.timezone must be the name of a time zone, such as Asia/Jakarta.");
        return ZoneId.of(known ? zone : "UTC"); // a complaint ends the start
    }

    private Access access(String secret) {
        return new Access(
                secret,
                keys.list("access.former-secrets", "KURIR_FORMER_SECRETS"),
                keys.duration("access.token-lifetime", Duration.ofHours(24), Duration.ofSeconds(1), "JWT_EXPIRES_IN"),
                keys.duration(
                        "access.refresh-lifetime", Duration.ofDays(7), Duration.ofSeconds(1), "JWT_REFRESH_EXPIRES_IN"),
                keys.flag("access.registration", mode != Mode.PRODUCTION),
                keys.text("access.admin-email", "KURIR_ADMIN_EMAIL"),
                keys.text("access.admin-password", "KURIR_ADMIN_PASSWORD"),
                keys.text("access.admin-api-key", "KURIR_API_KEY", "API_KEY"),
                keys.number("access.logins-per-quarter-hour", 100, 1, 1_000_000));
    }

    private Webhook webhook() {
        return new Webhook(
                keys.list("webhook.allow-urls"),
                keys.number("webhook.parallel", 8, 1, 100),
                keys.duration("webhook.retry-delay", Duration.ofSeconds(5), SHORTEST),
                keys.duration("webhook.probe-delay", Duration.ofSeconds(5), SHORTEST),
                keys.duration("webhook.give-up-after", Duration.ofHours(24), Duration.ofSeconds(1)),
                keys.duration("webhook.secret-overlap", Duration.ofHours(24), Duration.ZERO),
                keys.duration("webhook.retention", Duration.ofDays(7), Duration.ofMinutes(1)),
                keys.duration("webhook.dead-retention", Duration.ofDays(30), Duration.ofMinutes(1)));
    }

    private Agent agent() {
        var developer = keys.text("developer.jid", "DEVELOPER_JID");
        developer.ifPresent(
                jid -> keys.require(
                        jid.matches("\\+?[0-9]{5,20}(@(c\\.us|s\\.whatsapp\\.net|lid))?"),
                        "developer.jid must be a phone number with its country code, or a WhatsApp id such as 6281234567890@c.us."));
        return new Agent(
                keys.uri("agent.backend-url", "AI_BACKEND_URL"),
                developer,
                keys.duration("agent.alert-every", Duration.ofMinutes(10), Duration.ofSeconds(1)),
                keys.duration("agent.timeout", Duration.ofSeconds(60), SHORTEST),
                keys.number("agent.replies-per-minute", 10, 1, 1_000),
                keys.list("agent.allow-urls"),
                keys.number("agent.parallel", 8, 1, 100),
                keys.duration("agent.retry-delay", Duration.ofSeconds(1), SHORTEST),
                keys.duration("agent.probe-delay", Duration.ofSeconds(5), SHORTEST),
                keys.duration("agent.give-up-after", Duration.ofMinutes(5), Duration.ofSeconds(1)));
    }

    /** Nobody is given a secret that somebody else could know: production must bring its own, elsewhere one is made up and kept. */
    private String secret() {
        var given = keys.text("access.secret", "JWT_SECRET");
        given.ifPresent(
                secret -> keys.require(
                        secret.length() >= SECRET_LENGTH,
                        "access.secret (JWT_SECRET) is too short: it needs at least 32 characters, for example from `openssl rand -base64 48`."));
        if (given.isPresent() || keys.troubled()) {
            return given.orElse("");
        }
        if (purpose == Purpose.DATABASE) {
            return mode == Mode.PRODUCTION
                    ? ""
                    : new Secrets(data).kept("access-secret").orElse("");
        }
        if (mode == Mode.PRODUCTION) {
            keys.require(
                    false,
                    "access.secret is missing: set JWT_SECRET to at least 32 random characters, for example from"
                            + " `openssl rand -base64 48`, or start with --dev to have one made up.");
            return "";
        }
        return new Secrets(data).keep("access-secret", () -> Secrets.random(48));
    }
}
