package io.kurir.http;

import io.kurir.Settings;
import io.kurir.access.AccountOperations;
import io.kurir.access.TokenOperations;
import io.kurir.access.UserOperations;
import io.kurir.agent.AgentOperations;
import io.kurir.agent.ChatbotOperations;
import io.kurir.audit.AuditOperations;
import io.kurir.batch.JobOperations;
import io.kurir.chat.ChatOperations;
import io.kurir.config.ConfigOperations;
import io.kurir.config.Configuration;
import io.kurir.contact.ContactOperations;
import io.kurir.dialect.SharedSessions;
import io.kurir.dialect.accounts.AccountsOperations;
import io.kurir.dialect.agents.AgentSessions;
import io.kurir.dialect.agents.AgentsOperations;
import io.kurir.dialect.connections.ConnectionsOperations;
import io.kurir.erasure.ErasureOperations;
import io.kurir.event.EventOperations;
import io.kurir.group.GroupOperations;
import io.kurir.message.MediaOperations;
import io.kurir.message.MessageOperations;
import io.kurir.reporting.AdminOperations;
import io.kurir.reporting.AllowedNumberOperations;
import io.kurir.reporting.ReportOperations;
import io.kurir.reporting.SingleDeviceOperations;
import io.kurir.schedule.ScheduleOperations;
import io.kurir.session.ClusterOperations;
import io.kurir.session.DeviceOperations;
import io.kurir.statistics.StatisticsOperations;
import io.kurir.suppression.SuppressionOperations;
import io.kurir.webhook.DeviceWebhook;
import io.kurir.webhook.WebhookOperations;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The server. To be deployed with {@code ThreadingModel.VIRTUAL_THREAD}, one instance per core: they share the port. Has no mutable
 * state but what {@link #start} sets.
 */
public final class HttpVerticle extends AbstractVerticle {
    /** The node has 4 s to stop in, and needs most of them to close its pages. */
    private static final Duration FINISHING = Duration.ofSeconds(1);
    /** Of a connection where neither side says anything: more than any answer takes, and 20 heartbeats of an event stream. */
    private static final Duration SILENCE = Duration.ofMinutes(5);

    private static final Duration SWEEP = Duration.ofSeconds(5);

    private final HttpServices services;
    private final EventStream.Patience patience;
    private volatile int port;
    private volatile Optional<HttpServer> server = Optional.empty();
    private volatile Optional<HttpServer> management = Optional.empty();
    private volatile Optional<EventStreams> streams = Optional.empty();

    public HttpVerticle(HttpServices services) {
        this(services, EventStream.Patience.USUAL);
    }

    /** With other patience for who does not read the event stream, for a test. */
    HttpVerticle(HttpServices services, EventStream.Patience patience) {
        this.services = services;
        this.patience = patience;
    }

    /** Throws IllegalStateException when the contract and our operations disagree, or the port cannot be bound. */
    @Override
    public void start() {
        EventStreams opened = new EventStreams(vertx, services.events(), patience);
        Map<String, Operation> operations = operations(services, opened);
        Operations.mustMatch(services.contract(), operations);
        makeAdmin();
        Bodies bodies = new Bodies(
                services.media().uploads(), services.media().settings().maxSize());
        SlowClients slowClients = new SlowClients();
        vertx.setPeriodic(SWEEP.toMillis(), _ -> slowClients.sweep());
        Flow flow = new Flow(services, bodies, slowClients);
        Settings.Http http = services.http();
        Flow.Door door = http.management().isPresent() ? Flow.Door.PUBLIC : Flow.Door.ALL;
        HttpServer listening = listen(http.host(), http.port(), slowClients, flow.router(vertx, operations, door));
        http.management()
                .ifPresent(apart -> management = Optional.of(listen(
                        apart.host(),
                        apart.port(),
                        slowClients,
                        flow.router(vertx, operations, Flow.Door.MANAGEMENT))));
        port = listening.actualPort();
        server = Optional.of(listening);
        streams = Optional.of(opened);
    }

    private HttpServer listen(String host, int at, SlowClients slowClients, Router router) {
        return vertx.createHttpServer(new HttpServerOptions()
                        .setHost(host)
                        .setPort(at)
                        .setCompressionSupported(false) // secrets and what a client sent stand side by side in answers
                        .setHttp2ClearTextEnabled(
                                false) // no client needs it, and it has its own ways to overload a server
                        .setIdleTimeout(Math.toIntExact(SILENCE.toSeconds())))
                .connectionHandler(slowClients::opened)
                .requestHandler(router)
                .listen()
                .await();
    }

    /** No new connection, no new request on an open one; what runs is finished within {@link #FINISHING}, and the rest cut off. */
    @Override
    public void stop() {
        Future<?> stopped = server.<Future<?>>map(
                        listening -> listening.shutdown(FINISHING.toMillis(), TimeUnit.MILLISECONDS))
                .orElseGet(Future::succeededFuture);
        streams.ifPresent(EventStreams::end);
        stopped.await();
        management.ifPresent(apart -> apart.close().await()); // last, so that whoever watches sees the end
    }

    /** Before the port opens, so that who waits for it can log in. Other instances and nodes may do the same at once. */
    private void makeAdmin() {
        Settings.Access access = services.access();
        access.adminEmail()
                .ifPresent(email -> access.adminPassword()
                        .ifPresent(password -> services.accounts().ensureAdmin(email, password, access.adminApiKey())));
    }

    static Map<String, Operation> operations(Vertx vertx, HttpServices services) {
        return operations(services, new EventStreams(vertx, services.events(), EventStream.Patience.USUAL));
    }

    private static Map<String, Operation> operations(HttpServices services, EventStreams streams) {
        boolean https = "https".equals(services.http().publicUrl().getScheme());
        MediaOperations media = new MediaOperations(
                services.messages(), services.bulk(), services.intake(), services.media(), services.mediaLinks());
        Configuration config = new Configuration(services.config(), services.accounts());
        AccountsOperations accounts = new AccountsOperations(
                services.devices(), services.messages(), services.batches(), services.erasure(), config);
        AgentSessions agentSessions = new AgentSessions(new AgentSessions.Features(
                services.devices(),
                services.qrCodes(),
                services.tenants(),
                services.deviceTokens(),
                services.agents(),
                services.erasure()));
        DeviceOperations devices = new DeviceOperations(services.devices(), services.users()::exists);
        MessageOperations messages =
                new MessageOperations(services.messages(), services.messageChanges(), services.bulk());
        ContactOperations contacts = new ContactOperations(services.addressBook());
        return Operations.table(
                new AccountOperations(
                        services.accounts(), services.access().refreshLifetime(), https, services.devices()::get),
                new UserOperations(services.users()),
                new TokenOperations(services.deviceTokens(), services.tickets()),
                devices,
                messages,
                media,
                new JobOperations(services.batches(), services.devices(), services.groups(), media, Clock.systemUTC()),
                new SuppressionOperations(services.suppressions()),
                new ScheduleOperations(services.schedules(), services.intake()),
                contacts,
                new ChatOperations(services.chats(), services.history()),
                new GroupOperations(services.groups(), services.messages(), services.bulk(), media),
                new ClusterOperations(services.nodes(), services.devices()),
                new ConfigOperations(config),
                streams::stream,
                new EventOperations(services.events()),
                new WebhookOperations(services.webhooks()),
                new AgentOperations(services.agents()),
                new ChatbotOperations(services.chatbots()),
                new AuditOperations(services.audit()),
                new ErasureOperations(services.erasure()),
                accounts,
                new SharedSessions(services.devices(), List.of(accounts, agentSessions)),
                connections(services),
                agentSessions,
                new AgentsOperations(
                        services.devices(),
                        services.messages(),
                        services.agents(),
                        services.intake(),
                        services.mediaLinks()),
                new StatisticsOperations(services.statistics()),
                new ReportOperations(services.reports(), services.devices(), services.statistics()),
                new AllowedNumberOperations(services.allowedNumbers()),
                new SingleDeviceOperations(services.devices(), devices, messages, contacts, services.reports()),
                new AdminOperations(services.reports(), services.contacts(), services.devices(), services.overview()),
                services.health(),
                services.metrics(),
                services.about(),
                new Docs(services.contract()));
    }

    private static ConnectionsOperations connections(HttpServices services) {
        return new ConnectionsOperations(new ConnectionsOperations.Features(
                services.devices(),
                services.users()::exists,
                services.qrCodes(),
                services.deviceTokens(),
                services.messages(),
                new DeviceWebhook(services.webhooks(), services.devices()),
                services.agents(),
                services.erasure(),
                services.http().publicUrl()));
    }

    /** The port in use, which the settings may have left to the system by 0. */
    public int port() {
        return port;
    }

    /** How many event streams it serves. */
    int streams() {
        return streams.map(EventStreams::count).orElse(0);
    }
}
