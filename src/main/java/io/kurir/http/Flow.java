package io.kurir.http;

import io.kurir.Settings;
import io.kurir.access.Authenticator;
import io.kurir.access.Caller;
import io.kurir.access.Credentials;
import io.kurir.access.Strangers;
import io.kurir.access.Tickets;
import io.kurir.audit.Audit;
import io.kurir.trace.Span;
import io.kurir.trace.Traces;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;
import io.vertx.ext.web.openapi.router.OpenAPIRoute;
import io.vertx.ext.web.openapi.router.RequestExtractor;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.MDC;

/**
 * The life of a request, top to bottom. For all: id, address, security headers, CORS, a path that can be read. For an operation of the contract: body
 * limit, authenticate, count, permit, read and validate, operate (within the audit where the contract says so), render; a large body is read only after
 * authentication. Who is not known gets 401 before anything of the request is judged. Whatever is thrown on the way is rendered once, in {@link
 * Rendering#refusal}.
 */
final class Flow {
    private static final String METRICS = "/metrics";
    private static final List<Integer> REFUSALS = List.of(400, 404, 405, 406, 413, 414, 415, 500);
    private static final String MET = "kurir.met";
    /** A year, as browsers want it; not for other hosts of the same domain, of which we know nothing. */
    private static final String HTTPS_ONLY = "max-age=31536000";
    /** By what a path names the device that it is about; the first that it has. */
    private static final List<String> DEVICE_NAMES =
            List.of("deviceId", "connectionId", "agentId", "clientId", "sessionId");

    private final Contract contract;
    private final Settings.Http settings;
    private final Authenticator authenticator;
    private final Tickets tickets;
    private final Strangers strangers;
    private final Quota quota;
    private final SlowClients slowClients;
    private final Bodies bodies;
    private final LargeBodies largeBodies;
    private final Idempotency idempotency;
    private final Metrics metrics;
    private final Traces traces;
    private final Audit audit;

    /** Who calls: empty for whoever may call; {@code proof} proves it anew. */
    private record Met(Optional<Caller> who, Supplier<Caller> proof) {
        private static final Met ANYBODY = new Met(Optional.empty(), () -> {
            throw Authenticator.unauthorized();
        });
    }

    Flow(HttpServices services, Bodies bodies, SlowClients slowClients) {
        this.contract = services.contract();
        this.settings = services.http();
        this.bodies = bodies;
        this.largeBodies = services.largeBodies();
        this.authenticator = services.authenticator();
        this.tickets = services.tickets();
        this.strangers = services.strangers();
        this.quota = new Quota(services.limits(), settings.rate());
        this.slowClients = slowClients;
        this.idempotency = services.idempotency();
        this.metrics = services.metrics();
        this.traces = services.traces();
        this.audit = services.audit();
    }

    /** What answers at a port. */
    enum Door {
        ALL,
        /** All but the metrics. */
        PUBLIC,
        /** Health and metrics. */
        MANAGEMENT;

        private boolean opens(String path) {
            return switch (this) {
                case ALL -> true;
                case PUBLIC -> !path.equals(METRICS);
                case MANAGEMENT -> path.equals(METRICS) || path.equals("/health") || path.startsWith("/health/");
            };
        }
    }

    /** The contract is the router: nothing unlisted answers, but for the files of the dashboard. On a virtual thread. */
    Router router(io.vertx.core.Vertx vertx, Map<String, Operation> operations, Door door) {
        RouterBuilder builder = RouterBuilder.create(
                        vertx, contract.router(vertx).await(), RequestExtractor.withBodyHandler())
                .rootHandler((PlatformHandler) slowClients::begun)
                .rootHandler((PlatformHandler) RequestIds::assign)
                .rootHandler((PlatformHandler) new ClientAddress(Networks.of(settings.trustedProxies()))::assign)
                .rootHandler((PlatformHandler) this::secure)
                .rootHandler((PlatformHandler) new Origins(settings.allowedOrigins())::handle)
                .rootHandler((PlatformHandler) Flow::readable)
                .rootHandler((PlatformHandler) ctx -> open(ctx, door));
        contract.entries().forEach((id, entry) -> {
            Operation operation = java.util.Objects.requireNonNull(operations.get(id), id);
            OpenAPIRoute route = java.util.Objects.requireNonNull(builder.getRoute(id), id)
                    .setDoSecurity(false) // both are done here, in an order and with words of our own
                    .setDoValidation(false);
            route.addHandler(ctx -> Rendering.speak(ctx, entry.dialects()));
            if (Bodies.large(entry)) {
                route.addHandler(ctx -> admit(ctx, entry));
            }
            Handler<RoutingContext> answer = ctx -> handle(ctx, entry, operation);
            if (Bodies.heavy(entry)) {
                route.addHandler(entry.body()
                        .map(body ->
                                largeBodies.before(body.limit(), body.form().isPresent()))
                        .orElseThrow());
                route.addHandler(bodies.handler(entry)).addHandler(largeBodies.around(answer));
            } else {
                route.addHandler(bodies.handler(entry)).addHandler(answer);
            }
        });
        Router router = builder.createRouter();
        if (door != Door.MANAGEMENT) {
            Dashboard.LOADED.mount(router);
        }
        REFUSALS.forEach(status -> router.errorHandler(status, ctx -> Rendering.refusal(ctx, contract)));
        return router;
    }

    /** Nothing that we answer is to be framed, sniffed or cached; pages of ours widen the policy for themselves. */
    private void secure(RoutingContext ctx) {
        if ("https".equals(settings.publicUrl().getScheme())) {
            ctx.response().putHeader("Strict-Transport-Security", HTTPS_ONLY);
        }
        ctx.response()
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("X-Frame-Options", "DENY")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        ctx.next();
    }

    /** A path such as {@code /%zz} would else fail inside the router, as our fault. */
    private static void readable(RoutingContext ctx) {
        String path = ctx.request().path();
        if (path != null && path.indexOf('%') >= 0) {
            try {
                URI.create(path);
            } catch (IllegalArgumentException unreadable) {
                ctx.fail(400);
                return;
            }
        }
        ctx.next();
    }

    private static void open(RoutingContext ctx, Door door) {
        if (door.opens(ctx.normalizedPath())) {
            ctx.next();
        } else {
            ctx.fail(404);
        }
    }

    /** Nobody fills our disk and memory whom we do not know: what is large is read only after the caller is. */
    private void admit(RoutingContext ctx, Contract.Entry entry) {
        if (!Bodies.fewBytes(ctx) && !entry.permission().open()) {
            ctx.request().pause();
            ctx.response().putHeader(HttpHeaders.CONNECTION, "close"); // of a refusal: the body is not read
            meet(ctx, entry).who().ifPresent(entry.permission()::check);
        }
        ctx.response().headers().remove(HttpHeaders.CONNECTION);
        ctx.next();
    }

    private void handle(RoutingContext ctx, Contract.Entry entry, Operation operation) {
        slowClients.read(ctx);
        metrics.time(ctx, entry.operationId());
        Span span = span(ctx, entry);
        MDC.put("traceId", RequestIds.of(ctx));
        span.traceparent().ifPresent(trace -> MDC.put(Span.HEADER, trace));
        try {
            Rendering.answer(ctx, span.within(() -> answer(ctx, entry, operation)));
        } finally {
            MDC.remove("traceId");
            MDC.remove(Span.HEADER);
        }
    }

    /** Of what anybody may ask, above all health checks, there is none. Without path and query, which may have phone numbers in them. */
    private Span span(RoutingContext ctx, Contract.Entry entry) {
        if (entry.permission().open()) {
            return Span.NONE;
        }
        HttpServerRequest request = ctx.request();
        Span span = traces.begin(entry.operationId(), Optional.ofNullable(request.getHeader(Span.HEADER)))
                .with("http.request.method", request.method().name())
                .with("kurir.request.id", RequestIds.of(ctx));
        Optional.ofNullable(ctx.pathParam("deviceId")).ifPresent(device -> span.with("kurir.device.id", device));
        ctx.addEndHandler(_ -> {
            int status = ctx.response().getStatusCode();
            span.with("http.response.status_code", status);
            if (status >= 500) {
                span.failed(String.valueOf(status));
            }
            span.end();
        });
        return span;
    }

    private Answer answer(RoutingContext ctx, Contract.Entry entry, Operation operation) {
        Met met = meet(ctx, entry);
        met.who().ifPresent(entry.permission()::check);
        Ask ask = Reading.ask(ctx, entry, met.who(), met.proof());
        Operation told = entry.audited()
                .<Operation>map(audited -> asked -> audited.handle(audit, asked, operation))
                .orElse(operation);
        return idempotency.answer(ctx, entry, ask, told);
    }

    /** Counts once for each request. Whom a large body has been read of is proven once more: the login may have ended meanwhile. */
    private Met meet(RoutingContext ctx, Contract.Entry entry) {
        if (ctx.get(MET) instanceof Met met) {
            return new Met(met.who.map(_ -> met.proof.get()), met.proof);
        }
        Met met = entry.permission().open() ? Met.ANYBODY : stranger(ctx, entry).orElseGet(() -> proven(ctx, entry));
        quota.count(ctx, entry, met.who.filter(caller -> !caller.anonymous()));
        ctx.put(MET, met);
        return met;
    }

    /** Where strangers are let in, whoever shows nothing is one. */
    private Optional<Met> stranger(RoutingContext ctx, Contract.Entry entry) {
        HttpServerRequest request = ctx.request();
        boolean shows = request.headers().contains(HttpHeaders.AUTHORIZATION)
                || request.headers().contains("x-api-key");
        return entry.strangers() && !shows
                ? strangers.caller().map(caller -> new Met(Optional.of(caller), () -> caller))
                : Optional.empty();
    }

    private Met proven(RoutingContext ctx, Contract.Entry entry) {
        try {
            Credentials shown = credentials(ctx, entry);
            Supplier<Caller> proof = () -> authenticator.authenticate(shown);
            return new Met(Optional.of(proof.get()), proof);
        } catch (Problem stranger) {
            quota.count(ctx, entry, Optional.empty()); // who tries out credentials runs out of tries
            throw stranger;
        }
    }

    private Credentials credentials(RoutingContext ctx, Contract.Entry entry) {
        HttpServerRequest request = ctx.request();
        String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (authorization != null) {
            if (authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
                return Credentials.bearer(authorization.substring(7).strip(), about(ctx));
            }
            throw Authenticator.unauthorized();
        }
        String key = request.getHeader("x-api-key");
        if (key != null) {
            return new Credentials.Key(key);
        }
        if (!entry.tokenInQuery()) {
            throw Authenticator.unauthorized();
        }
        return inUrl(ctx).orElseThrow(Authenticator::unauthorized);
    }

    private Optional<Credentials> inUrl(RoutingContext ctx) {
        HttpServerRequest request = ctx.request();
        return Optional.ofNullable(request.getParam("ticket"))
                .<Credentials>map(tickets::redeem)
                .or(() -> Optional.ofNullable(request.getParam("token"))
                        .map(token -> Credentials.inUrl(token, about(ctx))));
    }

    private static Optional<String> about(RoutingContext ctx) {
        return DEVICE_NAMES.stream()
                .flatMap(name -> Optional.ofNullable(ctx.pathParam(name)).stream())
                .findFirst();
    }
}
