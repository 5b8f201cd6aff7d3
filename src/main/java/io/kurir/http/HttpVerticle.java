package io.kurir.http;

import io.kurir.Settings;
import io.kurir.access.AccountOperations;
import io.kurir.agent.AgentOperations;
import io.kurir.agent.ChatbotOperations;
import io.kurir.audit.AuditOperations;
import io.kurir.batch.JobOperations;
import io.kurir.chat.ChatOperations;
import io.kurir.config.ConfigOperations;
import io.kurir.contact.ContactOperations;
import io.kurir.erasure.ErasureOperations;
import io.kurir.event.EventOperations;
import io.kurir.group.GroupOperations;
import io.kurir.message.MediaOperations;
import io.kurir.message.MessageOperations;
import io.kurir.schedule.ScheduleOperations;
import io.kurir.session.ClusterOperations;
import io.kurir.session.DeviceOperations;
import io.kurir.suppression.SuppressionOperations;
import io.kurir.webhook.WebhookOperations;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import java.time.Clock;
import java.util.Map;

/**
 * The server. To be deployed with {@code ThreadingModel.VIRTUAL_THREAD}, one instance per core: they share the port. Has no mutable
 * state but what {@link #start} sets.
 */
public final class HttpVerticle extends AbstractVerticle {
    private final HttpServices services;
    private volatile int port;

    public HttpVerticle(HttpServices services) {
        this.services = services;
    }

    /** Throws IllegalStateException when the contract and our operations disagree, or the port cannot be bound. */
    @Override
    public void start() {
        Map<String, Operation> operations = operations(vertx, services);
        Operations.mustMatch(services.contract(), operations);
        makeAdmin();
        Bodies bodies = new Bodies(
                services.media().uploads(), services.media().settings().maxSize());
        Flow flow = new Flow(
                services.contract(),
                services.authenticator(),
                bodies,
                services.largeBodies(),
                services.idempotency(),
                services.metrics(),
                services.traces(),
                services.audit());
        port = vertx.createHttpServer(new HttpServerOptions()
                        .setHost(services.http().host())
                        .setPort(services.http().port())
                        .setCompressionSupported(false) // secrets and what a client sent stand side by side in answers
                        .setHttp2ClearTextEnabled(
                                false) // no client needs it, and it has its own ways to overload a server
                        .setIdleTimeout(0)) // a message may take 30 s and an event stream hours
                .requestHandler(flow.router(vertx, operations))
                .listen()
                .await()
                .actualPort();
    }

    /** Before the port opens, so that who waits for it can log in. Other instances and nodes may do the same at once. */
    private void makeAdmin() {
        Settings.Access access = services.access();
        access.adminEmail()
                .ifPresent(email -> access.adminPassword()
                        .ifPresent(password -> services.accounts().ensureAdmin(email, password, access.adminApiKey())));
    }

    static Map<String, Operation> operations(Vertx vertx, HttpServices services) {
        boolean https = "https".equals(services.http().publicUrl().getScheme());
        MediaOperations media = new MediaOperations(
                services.messages(), services.bulk(), services.intake(), services.media(), services.mediaLinks());
        return Operations.table(
                new AccountOperations(services.accounts(), services.access().refreshLifetime(), https),
                new DeviceOperations(services.devices(), services.accounts()::exists),
                new MessageOperations(services.messages(), services.messageChanges(), services.bulk()),
                media,
                new JobOperations(services.batches(), services.devices(), services.groups(), media, Clock.systemUTC()),
                new SuppressionOperations(services.suppressions()),
                new ScheduleOperations(services.schedules(), services.intake()),
                new ContactOperations(services.addressBook()),
                new ChatOperations(services.chats(), services.history()),
                new GroupOperations(services.groups(), services.messages(), services.bulk(), media),
                new ClusterOperations(services.nodes(), services.devices()),
                new ConfigOperations(services.config()),
                EventStream.operation(vertx, services.events()),
                new EventOperations(services.events()),
                new WebhookOperations(services.webhooks()),
                new AgentOperations(services.agents()),
                new ChatbotOperations(services.chatbots()),
                new AuditOperations(services.audit()),
                new ErasureOperations(services.erasure()),
                services.health(),
                services.metrics(),
                new Docs(services.contract()));
    }

    /** The port in use, which the settings may have left to the system by 0. */
    public int port() {
        return port;
    }
}
