package io.kurir;

import io.kurir.Settings.Role;
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
import io.kurir.agent.AgentVerticle;
import io.kurir.agent.Agents;
import io.kurir.agent.Chatbots;
import io.kurir.agent.RunErasure;
import io.kurir.agent.Runs;
import io.kurir.audit.Audit;
import io.kurir.batch.BatchKeeping;
import io.kurir.batch.BatchPromotion;
import io.kurir.batch.Batches;
import io.kurir.batch.Bulk;
import io.kurir.bus.Bus;
import io.kurir.bus.Door;
import io.kurir.chat.Chats;
import io.kurir.chat.History;
import io.kurir.cluster.Leases;
import io.kurir.cluster.Members;
import io.kurir.cluster.NodeId;
import io.kurir.cluster.Nodes;
import io.kurir.config.ConfigKey;
import io.kurir.config.StoredConfig;
import io.kurir.contact.AddressBook;
import io.kurir.contact.Contacts;
import io.kurir.contact.NumberChecks;
import io.kurir.db.Database;
import io.kurir.erasure.Erasure;
import io.kurir.event.EventFeed;
import io.kurir.event.EventLog;
import io.kurir.group.Groups;
import io.kurir.http.About;
import io.kurir.http.Calls;
import io.kurir.http.Contract;
import io.kurir.http.Health;
import io.kurir.http.HttpServices;
import io.kurir.http.HttpVerticle;
import io.kurir.http.Idempotency;
import io.kurir.http.LargeBodies;
import io.kurir.http.Metrics;
import io.kurir.media.Intake;
import io.kurir.media.Media;
import io.kurir.media.MediaLinks;
import io.kurir.member.MemberVerticle;
import io.kurir.message.Fence;
import io.kurir.message.MessageChanges;
import io.kurir.message.Messages;
import io.kurir.message.Outbox;
import io.kurir.outbound.Outbound;
import io.kurir.outbound.UrlGuard;
import io.kurir.proxy.ProxyRelay;
import io.kurir.reporting.AllowedNumbers;
import io.kurir.reporting.Overview;
import io.kurir.reporting.Reports;
import io.kurir.schedule.Chore;
import io.kurir.schedule.Chores;
import io.kurir.schedule.MeasuredPromotion;
import io.kurir.schedule.Promotion;
import io.kurir.schedule.ScheduleRuns;
import io.kurir.schedule.SchedulerVerticle;
import io.kurir.schedule.Schedules;
import io.kurir.session.Devices;
import io.kurir.session.Owners;
import io.kurir.session.Pages;
import io.kurir.session.Proxies;
import io.kurir.session.QrCodes;
import io.kurir.session.Tenants;
import io.kurir.session.WorkerVerticle;
import io.kurir.session.Workers;
import io.kurir.statistics.Statistics;
import io.kurir.suppression.Suppressions;
import io.kurir.trace.Traces;
import io.kurir.webhook.Deliveries;
import io.kurir.webhook.DeliveryErasure;
import io.kurir.webhook.WebhookVerticle;
import io.kurir.webhook.Webhooks;
import io.kurir.whatsapp.Hosts;
import io.kurir.whatsapp.WhatsApp;
import io.kurir.whatsapp.browser.Blocked;
import io.kurir.whatsapp.browser.Chromium;
import io.kurir.whatsapp.browser.Leftover;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisAPI;
import io.vertx.redis.client.RedisOptions;
import io.vertx.sqlclient.Pool;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node: the wiring, and nothing else.
 * Over 300 lines: the list of what there is, from top to bottom.
 */
public final class Kurir {
    /** Makes the place where the pages of one worker live; the first argument is this node's Vert.x. */
    public interface Browsers {
        Future<WhatsApp> launch(Vertx vertx, WorkerVerticle.Place place);
    }

    private static final Logger log = LoggerFactory.getLogger(Kurir.class);
    // The process itself gives up after 6 s.
    private static final Duration STOPPING = Duration.ofSeconds(4);
    // Beyond what the first request itself may take.
    private static final Duration REPEAT = Duration.ofSeconds(5);

    private static final int WAITING_FOR_REDIS = 4_096;

    private final Vertx vertx;
    private final Settings settings;
    private final Metrics metrics;
    private final Traces traces;
    private final List<String> deployments = new ArrayList<>();
    private Optional<Nodes> nodes = Optional.empty();
    private Optional<Workers> workers = Optional.empty();

    private Kurir(Vertx vertx, Settings settings, Metrics metrics, Traces traces) {
        this.vertx = vertx;
        this.settings = settings;
        this.metrics = metrics;
        this.traces = traces;
    }

    /** Starts the roles that the settings name; completes when they serve. The data folder must be locked by this process. */
    public static Future<Kurir> start(Settings settings) {
        Metrics metrics = new Metrics();
        return start(settings, metrics, traces(settings), (vertx, place) -> chromium(vertx, settings, metrics, place));
    }

    /** Likewise, with pages that live elsewhere than in Chromium. */
    public static Future<Kurir> start(Settings settings, Browsers browsers) {
        return start(settings, browsers, traces(settings));
    }

    /** Likewise, with its own end of what is traced, which it closes. */
    public static Future<Kurir> start(Settings settings, Browsers browsers, Traces traces) {
        return start(settings, new Metrics(), traces, browsers);
    }

    private static Traces traces(Settings settings) {
        return Traces.open(settings.tracing(), NodeId.of(settings.data()));
    }

    private static Future<Kurir> start(Settings settings, Metrics metrics, Traces traces, Browsers browsers) {
        VertxOptions options =
                new VertxOptions().setMetricsOptions(Metrics.options()).setPreferNativeTransport(true);
        return Members.join(settings.cluster(), options, metrics.factory())
                .compose(vertx -> new Kurir(vertx, settings, metrics, traces).deploy(browsers));
    }

    private static Future<WhatsApp> chromium(
            Vertx vertx, Settings settings, Metrics metrics, WorkerVerticle.Place place) {
        return place.proxy()
                .map(proxy -> ProxyRelay.open(
                                vertx, proxy, new Hosts(settings.whatsapp().baseUrl())::allows)
                        .compose(relay -> chromium(
                                        vertx, settings, metrics, place, Optional.of(URI.create(relay.address())))
                                .onSuccess(browser -> browser.gone().onComplete(_ -> relay.close()))
                                .onFailure(_ -> relay.close())))
                .orElseGet(() -> chromium(vertx, settings, metrics, place, Optional.empty()));
    }

    private static Future<WhatsApp> chromium(
            Vertx vertx, Settings settings, Metrics metrics, WorkerVerticle.Place place, Optional<URI> proxy) {
        Settings.Browser browser = settings.whatsapp().browser();
        return Chromium.launch(
                        vertx,
                        new Chromium.Options(
                                browsers(settings).resolve(place.folder()),
                                settings.profile().sharedFolder(),
                                settings.whatsapp().baseUrl(),
                                browser.executable(),
                                browser.sandbox(),
                                browser.hostRules(),
                                browser.openTimeout(),
                                browser.blockedRequests().map(Blocked::read).orElse(List.of()),
                                proxy,
                                false),
                        metrics.registry())
                .map(Function.identity());
    }

    /** This node's own, also where others lie beside them: what is left in it is this node's to end. */
    private static Path browsers(Settings settings) {
        return settings.browsers(NodeId.of(settings.data()));
    }

    private Future<Kurir> deploy(Browsers browsers) {
        Pool pool = Database.open(vertx, settings.database());
        RedisAPI redis = RedisAPI.api(Redis.createClient(
                vertx,
                new RedisOptions()
                        .setConnectionString(settings.redis().url())
                        // every request is counted there; the default lets 24 wait, and fails the next
                        .setMaxPoolWaiting(WAITING_FOR_REDIS)));
        Bus bus = new Bus(vertx, settings.access().secret(), metrics.registry(), traces);
        EventLog events = new EventLog(pool, bus);
        Outbox outbox = new Outbox(pool, bus);
        Pool leasePool = Database.openForLeases(vertx, settings.database());
        Leases leases = new Leases(vertx, leasePool, NodeId.of(settings.data()), settings.lease());
        Nodes nodes = new Nodes(
                vertx,
                leasePool,
                leases.node(),
                Optional.ofNullable(Kurir.class.getPackage().getImplementationVersion())
                        .orElse("development"),
                settings.roles(),
                settings.whatsapp().memoryBudget());
        this.nodes = Optional.of(nodes);
        Owners owners = new Owners(vertx, pool, bus, nodes);
        StoredConfig config = new StoredConfig(
                vertx,
                pool,
                bus,
                settings.delivery(),
                settings.send(),
                settings.device().onLogout());
        Media media = new Media(vertx, pool, settings.media(), settings.data());
        BatchKeeping batches = new BatchKeeping(pool, outbox, events);
        ScheduleRuns schedules = new ScheduleRuns(vertx, pool, outbox, events, settings.schedule());
        Audit audit = new Audit(pool, settings.access().secret());
        bus.hear(
                Erasure.FILES_GONE,
                gone -> media.drop(gone.hashes())
                        .onFailure(why -> log.warn("erased files are left in the cache: {}", why.getMessage())));
        WorkerVerticle.Node node = new WorkerVerticle.Node(
                pool,
                bus,
                leases,
                nodes,
                events,
                settings,
                config,
                outbox,
                media,
                metrics.registry(),
                Vault.of(settings.access()),
                place -> browsers.launch(vertx, place),
                traces);
        Gauge.builder("kurir.devices.owned", leases, Leases::count).register(metrics.registry());
        // by its name in 004, whose dashboards may go on
        Gauge.builder("sessions.active", leases, Leases::count).register(metrics.registry());
        Gauge.builder("kurir.lease.age.seconds", leases, held -> held.oldestAgeMillis() / 1000.0)
                .register(metrics.registry());
        Fence fence = new Fence(pool);
        Gauge.builder("kurir.fenced", fence, up -> up.seenUp() ? 1 : 0).register(metrics.registry());
        return events.maintain(settings.events().retention())
                .compose(_ -> config.refresh())
                .compose(_ -> AllowedNumbers.apply(pool, settings.history().persist()))
                .compose(_ -> deploy(
                        Role.SCHEDULER,
                        ThreadingModel.EVENT_LOOP,
                        1,
                        () -> new SchedulerVerticle(Stream.of(
                                        outbox,
                                        new BatchPromotion(
                                                vertx,
                                                pool,
                                                outbox,
                                                () -> config.send().perMinute()),
                                        batches,
                                        schedules)
                                .<Promotion>map(
                                        promotion -> new MeasuredPromotion(promotion, fence, metrics.registry()))
                                .toList())))
                .compose(_ -> vertx.deployVerticle(
                        new Chores(pool, metrics.registry(), chores(pool, events, media, audit, batches, schedules)),
                        new DeploymentOptions()))
                .onSuccess(deployments::add)
                .compose(_ -> deploy(
                        Role.SCHEDULER,
                        ThreadingModel.EVENT_LOOP,
                        1,
                        () -> new WebhookVerticle(
                                pool,
                                bus,
                                events,
                                settings.webhook(),
                                settings.events().sweep(),
                                Vault.of(settings.access()),
                                metrics.registry())))
                .compose(_ -> deploy(
                        Role.SCHEDULER,
                        ThreadingModel.VIRTUAL_THREAD,
                        1,
                        () -> new AgentVerticle(
                                pool,
                                bus,
                                events,
                                outbox,
                                new Pages(owners),
                                settings.agent(),
                                settings.events().sweep(),
                                Vault.of(settings.access()),
                                metrics.registry())))
                .compose(_ -> nodes.join())
                .compose(_ -> endLeftBrowsers())
                .compose(_ -> deploy(Role.WORKER, ThreadingModel.EVENT_LOOP, 1, () -> workers(node)))
                .compose(_ -> settings.roles().contains(Role.HTTP)
                        ? http(pool, redis, bus, owners, nodes, events, outbox, media, audit, config, fence)
                        : Future.succeededFuture())
                .map(this)
                .onFailure(_ -> vertx.close());
    }

    private List<Chore> chores(
            Pool pool, EventLog events, Media media, Audit audit, BatchKeeping batches, ScheduleRuns schedules) {
        Duration hour = Duration.ofHours(1);
        Settings.Retention kept = settings.retention();
        Chore own = Chore.node("temporary-files", hour.dividedBy(2), () -> media.clean(kept.temporaryFiles()));
        if (!settings.roles().contains(Role.SCHEDULER)) {
            return List.of(own);
        }
        return List.of(
                own,
                Chore.cluster(
                        "event-partitions",
                        hour,
                        () -> events.maintain(settings.events().retention()).map(0L)),
                Chore.cluster("media-retention", hour, media::forget),
                Chore.cluster("audit-retention", hour, () -> audit.forget(kept.audit())),
                Chore.cluster("job-retention", hour, () -> batches.forget(kept.jobs())),
                Chore.cluster("schedule-retention", hour, () -> schedules.forget(kept.jobs())),
                Chore.cluster("idempotency-keys", hour, () -> Idempotency.forget(pool)),
                Chore.cluster("told-only", hour, () -> AllowedNumbers.forget(pool)),
                Chore.cluster("agent-runs", hour, () -> Runs.forget(pool, kept.jobs())),
                Chore.cluster("webhook-deliveries", hour, new Deliveries(pool, settings.webhook())::forget));
    }

    private Future<Void> http(
            Pool pool,
            RedisAPI redis,
            Bus bus,
            Owners owners,
            Nodes nodes,
            EventLog events,
            Outbox outbox,
            Media media,
            Audit audit,
            StoredConfig config,
            Fence fence) {
        Vault vault = Vault.of(settings.access());
        Devices devices = new Devices(
                pool,
                owners,
                settings.device().country(),
                new Proxies(
                        vertx,
                        vault,
                        settings.whatsapp().baseUrl(),
                        settings.device().allowProxies()));
        NumberChecks numbers = new NumberChecks(Optional.of(redis));
        QrCodes qrCodes = new QrCodes(
                vertx, pool, devices, settings.dialect().connections().openQr());
        Contacts contacts = new Contacts(pool, events);
        Messages messages = new Messages(vertx, pool, bus, owners, devices, numbers, contacts, config::send, traces);
        ZoneId zone = settings.device().timezone();
        Agents agents = new Agents(vertx, pool, devices, messages, vault, settings.agent(), metrics.registry());
        Pages pages = new Pages(owners);
        Outbound outbound =
                new Outbound(vertx, new UrlGuard(vertx, settings.media().allowUrls()));
        Intake intake = new Intake(vertx, media, outbound);
        Groups groups = new Groups(devices, pages, contacts);
        Statistics statistics = new Statistics(pool, devices, zone, Clock.systemUTC());
        AccessTokens tokens = AccessTokens.of(
                vertx, settings.access().secret(), settings.access().formerSecrets());
        Authenticator authenticator = new Authenticator(tokens, pool);
        config.follow(ConfigKey.API_KEY, authenticator::forgetKeys);
        LoginThrottle throttle = new LoginThrottle(redis, settings.access().loginsPerQuarterHour());
        Passwords passwords = new Passwords(vertx);
        Users users = new Users(pool, passwords, authenticator::forgetUser);
        Accounts accounts = new Accounts(settings.access(), tokens, pool, users, passwords, throttle, authenticator);
        HttpServices services = new HttpServices(
                settings.http(),
                settings.access(),
                About.of(settings),
                Contract.load(settings.http().publicUrl()),
                LargeBodies.ofHeap(Runtime.getRuntime().maxMemory()),
                authenticator,
                accounts,
                users,
                new DeviceTokens(pool, authenticator),
                new Strangers(pool, settings.dialect().agents()::anonymous),
                new Tickets(redis),
                new Limits(redis, settings.http().rate()),
                devices,
                qrCodes,
                new Tenants(pool),
                messages,
                new MessageChanges(pool, messages, devices, pages, events),
                new Bulk(pool, messages, settings.send()),
                new Batches(vertx, pool, devices, contacts, intake, outbox, events),
                new Suppressions(pool, devices, contacts, settings.device().country()),
                media,
                new Schedules(pool, devices, messages, settings.schedule(), zone, Clock.systemUTC()),
                intake,
                new MediaLinks(settings.access().secret(), settings.http().publicUrl(), Clock.systemUTC()),
                new AddressBook(devices, pages, owners, contacts, numbers),
                new Chats(pool, devices, pages, contacts, zone),
                new History(vertx, pool, devices, pages, contacts, messages),
                groups,
                contacts,
                statistics,
                new Reports(pool, devices, contacts, groups, statistics, zone),
                new AllowedNumbers(pool, devices),
                new Overview(pool, zone, Clock.systemUTC()),
                nodes,
                config,
                new EventFeed(vertx, pool, bus, settings.events().sweep()),
                new Idempotency(vertx, pool, settings.send().syncTimeout().plus(REPEAT)),
                new Webhooks(vertx, pool, bus, devices, vault, settings.webhook()),
                agents,
                new Chatbots(pool, agents, devices, settings.device().country()),
                audit,
                new Erasure(
                        pool,
                        bus,
                        devices,
                        contacts,
                        List.of(new DeliveryErasure(new Deliveries(pool, settings.webhook())), new RunErasure(pool))),
                new Health(new Health.Checks(
                        fence::ask,
                        () -> redis.ping(List.of()),
                        () -> Members.joined(vertx),
                        nodes::draining,
                        () -> EventLoops.answer(vertx))),
                metrics,
                traces);
        Door door = new Door(vertx, settings.cluster().secret(), metrics.registry(), traces);
        return deploy(Role.HTTP, ThreadingModel.VIRTUAL_THREAD, 2, () -> new HttpVerticle(services))
                .compose(_ -> deploy(
                        Role.HTTP,
                        ThreadingModel.VIRTUAL_THREAD,
                        1,
                        () -> new MemberVerticle(
                                door, () -> new Calls(vertx, services), services.events(), metrics.registry())));
    }

    private <V extends Deployable> Future<Void> deploy(
            Role role, ThreadingModel model, int instances, Supplier<V> verticle) {
        if (!settings.roles().contains(role)) {
            return Future.succeededFuture();
        }
        return vertx.deployVerticle(
                        verticle,
                        new DeploymentOptions().setThreadingModel(model).setInstances(instances))
                .onSuccess(deployments::add)
                .mapEmpty();
    }

    /** This node takes the leases of an earlier life of its own at once: no page of that one may go on until its deadline, in whichever browser. */
    private Future<Integer> endLeftBrowsers() {
        return vertx.executeBlocking(() -> Leftover.endAll(browsers(settings)));
    }

    private Workers workers(WorkerVerticle.Node node) {
        Workers made = new Workers(node);
        workers = Optional.of(made);
        return made;
    }

    /** Hands the devices over to other nodes while this one still serves; completes when none is left, or nobody takes them. */
    public Future<Void> drain() {
        return workers.map(Workers::drain)
                .orElseGet(() -> nodes.map(Nodes::drain).orElseGet(Future::succeededFuture));
    }

    /**
     * Stops in order: no new work, then the sessions, then the node leaves the cluster. Pages that do not close in time are ended with their
     * browser; their profiles are as after a crash, which a start can deal with, and no browser outlives the node.
     */
    public Future<Void> close() {
        // nothing is placed here any more, and what is freed now is not for this node
        Future<Void> stopped =
                nodes.map(Nodes::leave).orElseGet(Future::succeededFuture).otherwiseEmpty();
        for (String deployment : deployments.reversed()) {
            stopped = stopped.eventually(() -> vertx.undeploy(deployment));
        }
        // not of a context: the one that would tell of the end is gone by then
        Promise<Void> quiet = Promise.promise();
        stopped.timeout(STOPPING.toMillis(), TimeUnit.MILLISECONDS)
                .eventually(this::endLeftBrowsers)
                .onComplete(_ -> quiet.complete());
        return quiet.future()
                .eventually(() -> vertx.executeBlocking(() -> {
                    traces.close();
                    return true;
                }))
                .eventually(vertx::close);
    }
}
