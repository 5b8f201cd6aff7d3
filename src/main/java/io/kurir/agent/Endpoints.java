package io.kurir.agent;

import io.kurir.Settings;
import io.kurir.agent.Heard.Fault;
import io.kurir.agent.Responder.Endpoint;
import io.kurir.message.Drafts;
import io.kurir.outbound.Outbound;
import io.kurir.outbound.UrlGuard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Calls the endpoints of agents and chatbots. What a caller has given goes through the guard; what the settings name is the operator's. */
final class Endpoints {
    private static final int MOST = 64 << 10; // bytes of an answer, 16 times the longest text
    private static final int CONNECTIONS = 100_000; // each device has its own limit
    private static final int RESOLVERS = 64;

    private final Settings.Agent settings;
    private final UrlGuard guard;
    private final Outbound given;
    private final Outbound own;

    Endpoints(Vertx vertx, Settings.Agent settings) {
        this.settings = settings;
        // name servers that do not answer hold a thread for up to half a minute
        var resolvers = vertx.createSharedWorkerExecutor("agent-names", RESOLVERS, 60, TimeUnit.SECONDS);
        this.guard = new UrlGuard(resolvers, settings.allowUrls());
        this.given = new Outbound(vertx, guard, CONNECTIONS);
        List<String> operators =
                settings.backendUrl().map(URI::getHost).stream().toList();
        this.own = new Outbound(vertx, new UrlGuard(resolvers, operators), CONNECTIONS);
    }

    /** Empty where the agent has none of its own, and the settings name no backend. */
    Optional<Endpoint> of(String agentId, Optional<String> url) {
        return url.map(own -> new Endpoint(own, false))
                .or(() -> settings.backendUrl()
                        .map(base -> new Endpoint(
                                base.toString().replaceAll("/+$", "") + "/agents/"
                                        + URLEncoder.encode(agentId, StandardCharsets.UTF_8)
                                                .replace("+", "%20")
                                        + "/execute",
                                true)));
    }

    /** Why a URL must not be taken, if so. On a virtual thread. */
    Optional<String> refusal(String url) {
        try {
            UrlGuard.Target target = guard.check(url).await();
            // what is told are people's messages, and the key: they do not cross the Internet for everybody to read
            return target.tls() || target.named()
                    ? Optional.empty()
                    : Optional.of("must begin with https:// unless agent.allow-urls names its host");
        } catch (UrlGuard.Blocked blocked) {
            return Optional.of(String.valueOf(blocked.getMessage()));
        }
    }

    /** Never fails; redirects are answers like any other and not followed. */
    Future<Heard> ask(Responder responder, Question question, String traceId) {
        Map<String, String> headers = new TreeMap<>(Map.of(
                "User-Agent",
                "Kurir",
                "Content-Type",
                "application/json",
                "Accept",
                "application/json",
                "X-Request-Id",
                traceId));
        responder.key().ifPresent(key -> headers.put("Authorization", "Bearer " + key));
        Outbound.Call call = new Outbound.Call(
                HttpMethod.POST,
                responder.endpoint().url(),
                headers,
                Optional.of(question.to(responder).toBuffer()),
                settings.timeout(),
                MOST,
                false);
        long start = System.nanoTime();
        return (responder.endpoint().own() ? own : given).call(call).transform(done -> {
            Duration latency = Duration.ofNanos(System.nanoTime() - start);
            return Future.succeededFuture(
                    done.succeeded() ? heard(done.result(), latency) : failed(done.cause(), latency));
        });
    }

    private static Heard heard(Outbound.Reply reply, Duration latency) {
        int status = reply.head().status();
        if (status / 100 == 2) {
            return said(reply.body(), latency);
        }
        Fault fault = switch (status) {
            case 502, 503, 504 -> Fault.BUSY;
            case 408, 429 -> Fault.LATER;
            default -> status / 100 == 4 ? Fault.REFUSED : Fault.UNUSABLE;
        };
        return new Heard.Failed(fault, "answered " + status, latency);
    }

    private static Heard said(Buffer body, Duration latency) {
        Object reply;
        try {
            reply = new JsonObject(body).getValue("reply");
        } catch (DecodeException | ClassCastException notAnObject) {
            return new Heard.Failed(Fault.UNUSABLE, "answered what is no JSON object", latency);
        }
        if (!(reply instanceof String text)) {
            return new Heard.Failed(Fault.UNUSABLE, "answered without a string called reply", latency);
        }
        if (text.codePointCount(0, text.length()) > Drafts.LONGEST_TEXT) {
            return new Heard.Failed(
                    Fault.UNUSABLE, "answered with more than " + Drafts.LONGEST_TEXT + " characters", latency);
        }
        return new Heard.Said(text.replace("\0", ""), latency); // PostgreSQL's text has no NUL
    }

    /** Without the address that a name led to: it may be of a network that the owner is not to know. */
    private static Heard.Failed failed(Throwable why, Duration latency) {
        return switch (why) {
            case TimeoutException timeout ->
                new Heard.Failed(Fault.TIMEOUT, String.valueOf(timeout.getMessage()), latency);
            case Outbound.TooLarge large ->
                new Heard.Failed(Fault.UNUSABLE, "answered with " + large.getMessage(), latency);
            case UrlGuard.Blocked blocked ->
                new Heard.Failed(Fault.UNREACHABLE, "the URL " + blocked.getMessage(), latency);
            case ConnectException _ -> new Heard.Failed(Fault.UNREACHABLE, "no connection", latency);
            case SSLException _ -> new Heard.Failed(Fault.UNREACHABLE, "no TLS connection", latency);
            default -> new Heard.Failed(Fault.UNREACHABLE, "the connection broke", latency);
        };
    }
}
