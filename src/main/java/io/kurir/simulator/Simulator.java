package io.kurir.simulator;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * An offline WhatsApp for demo, tests and benchmarks: one loopback port with the simulated WhatsApp Web ({@code /}), its network
 * ({@code /ws}, files at {@code /mms/}), the simulated phones for people ({@code /phones/}), a control plane ({@code /api/}, see {@link ControlPlane}) and
 * an AI for agents to ask ({@code /ai/}, see {@link ScriptedAi}).
 *
 * <p>It is one event-loop verticle: its one context owns all mutable state of this package, nothing in it is locked, and nothing in it
 * may be touched from elsewhere. From outside use {@link #control}, which runs there.
 *
 * <p>It refuses every request whose Host or Origin is not this machine and port.
 */
public final class Simulator extends VerticleBase {
    /**
     * Where to listen and what to remember.
     *
     * @param host the loopback address to listen on
     * @param port 0: any free one
     * @param stateFile where the network remembers across restarts and crashes, files in a folder beside it; empty: it forgets
     */
    public record Options(String host, int port, Optional<Path> stateFile) {
        public Options() {
            this("127.0.0.1", 0, Optional.empty());
        }

        public Options withPort(int newPort) {
            return new Options(host, newPort, stateFile);
        }

        public Options withStateFile(Path file) {
            return new Options(host, port, Optional.of(file));
        }
    }

    private final Options options;
    private final Journal journal;
    private final Network network;
    private final Linking linking;
    private final PageProtocol pages;
    private final ControlPlane control;
    private final StaticFiles files;
    private final MediaDoor media;
    private final ScriptedAi ai;
    private final Routing routing;
    private final HttpServer server;

    private Simulator(Vertx vertx, Options options) {
        this.options = options;
        this.journal = new Journal(vertx);
        Optional<Path> folder = options.stateFile().map(file -> file.resolveSibling(file.getFileName() + ".media"));
        this.network = new Network(vertx, journal, new Blobs(vertx, folder));
        this.media = new MediaDoor(network);
        this.ai = new ScriptedAi(vertx);
        this.routing = new Routing(network);
        this.linking = new Linking(network);
        Presence presence = new Presence(network);
        this.pages = new PageProtocol(network, routing, linking, presence);
        this.control = new ControlPlane(network, routing, linking, presence);
        this.files = new StaticFiles(vertx);
        // Compression would only burn the core that a benchmark shares with us; 16 MiB leaves room for a sync of many
        // messages.
        this.server = vertx.createHttpServer(new HttpServerOptions()
                .setHost(options.host())
                .setPort(options.port())
                // Over HTTP/2 there is no Host header to check.
                .setHttp2ClearTextEnabled(false)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setMaxWebSocketFrameSize(1 << 20)
                .setMaxWebSocketMessageSize(16 << 20));
    }

    /** Starts a simulator; the future fails if the port is taken or the state cannot be read. */
    public static Future<Simulator> start(Vertx vertx, Options options) {
        Simulator simulator = new Simulator(vertx, options);
        return vertx.deployVerticle(simulator).map(simulator);
    }

    public int port() {
        return server.actualPort();
    }

    /** {@code http://127.0.0.1:PORT/}, the base URL of the simulated WhatsApp Web. */
    public String url() {
        return "http://" + (options.host().contains(":") ? "[" + options.host() + "]" : options.host()) + ":" + port()
                + "/";
    }

    /**
     * An operation of the control plane, without HTTP.
     *
     * @param path with its query, such as {@code /api/phones/628111/messages?peer=628222}
     * @return the answer; fails with what HTTP would have said as its message
     */
    public Future<JsonObject> control(String method, String path, JsonObject body) {
        return Future.future(promise -> context.runOnContext(run -> {
            try {
                promise.complete(control.call(method, path, body));
            } catch (Refusal refusal) {
                promise.fail(refusal);
            }
        }));
    }

    /** Writes what is still to be written, closes all sockets and frees the port. */
    public Future<Void> close() {
        return vertx.undeploy(deploymentID());
    }

    @Override
    public Future<?> start() {
        Future<Void> restored =
                options.stateFile().map(file -> journal.open(file, network)).orElse(Future.succeededFuture());
        return restored.compose(ready -> {
            network.accounts.values().stream().filter(Account::actsByItself).forEach(this::resume);
            return server.requestHandler(this::route).listen();
        });
    }

    @Override
    public Future<?> stop() {
        return server.close().eventually(journal::close);
    }

    /** What a phone had not received or read when the simulator went down. */
    private void resume(Account phone) {
        phone.conversations
                .where(entry -> entry.in() && entry.readable && entry.status < Entry.READ)
                .forEach(entry -> routing.receipts.settle(phone, entry));
    }

    private void route(HttpServerRequest request) {
        Optional<Integer> refused = Guard.refuses(request);
        String path = Objects.requireNonNullElse(request.path(), "/");
        if (refused.isPresent()) {
            request.response().setStatusCode(refused.get()).end("not for this machine\n");
        } else if (path.equals("/ws")) {
            request.toWebSocket().onSuccess(socket -> accept(request, socket));
        } else if (path.equals("/api/events")) {
            network.events.watch(request.response());
        } else if (path.startsWith(MediaDoor.PATH)) {
            media.serve(request, path);
        } else if (path.startsWith(ScriptedAi.PATH)) {
            ai.serve(request, path);
        } else if (path.startsWith("/api/")) {
            control.serve(request);
        } else {
            files.serve(request, path);
        }
    }

    private void accept(HttpServerRequest request, ServerWebSocket socket) {
        Connection page = new Connection(socket, () -> request.connection().close());
        socket.textMessageHandler(text -> pages.frame(page, text));
        socket.closeHandler(closed -> pages.closed(page));
        socket.exceptionHandler(lost -> {});
    }
}
