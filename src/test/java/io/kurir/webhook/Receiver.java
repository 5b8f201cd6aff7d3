package io.kurir.webhook;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** An endpoint that keeps what it gets and answers what a test wants. */
public final class Receiver {
    /** One call. */
    public record Got(
            JsonObject body,
            String raw,
            String eventId,
            String timestamp,
            String signature,
            String attempt,
            String own) {
        public String chat() {
            return body.getJsonObject("data").getString("chat", "");
        }

        public int n() {
            return body.getJsonObject("data").getInteger("n", -1);
        }

        /** What the signature must contain for this secret. */
        public String signedBy(String secret) {
            try {
                Mac mac = Mac.getInstance("HmacSHA256");
                mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
                return "v1="
                        + HexFormat.of()
                                .formatHex(mac.doFinal((timestamp + "." + raw).getBytes(StandardCharsets.UTF_8)));
            } catch (java.security.GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    public final List<Got> got = new CopyOnWriteArrayList<>();
    /** The status, as soon as it is known. */
    public volatile Function<Got, Future<Integer>> answer = _ -> Future.succeededFuture(200);

    /** What 2xx was answered to. */
    public final List<Got> taken = new CopyOnWriteArrayList<>();

    final AtomicInteger now = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();
    private final HttpServer server;

    public Receiver(Vertx vertx) {
        server = vertx.createHttpServer().requestHandler(this::on);
        server.listen(0, "127.0.0.1").await();
    }

    public String url() {
        return "http://127.0.0.1:" + server.actualPort() + "/hook?key=1";
    }

    private void on(HttpServerRequest request) {
        most.accumulateAndGet(now.incrementAndGet(), Math::max);
        request.body().onSuccess(body -> {
            Got one = new Got(
                    body.toJsonObject(),
                    body.toString(),
                    String.valueOf(request.getHeader("X-Kurir-Event-Id")),
                    String.valueOf(request.getHeader("X-Kurir-Timestamp")),
                    String.valueOf(request.getHeader("X-Kurir-Signature")),
                    String.valueOf(request.getHeader("X-Kurir-Attempt")),
                    String.valueOf(request.getHeader("Authorization")));
            got.add(one);
            answer.apply(one).onSuccess(status -> {
                now.decrementAndGet();
                if (status / 100 == 2) {
                    taken.add(one);
                }
                request.response().setStatusCode(status).end("answer " + "x".repeat(2000));
            });
        });
    }

    public List<String> ids() {
        return got.stream().map(Got::eventId).toList();
    }

    public List<Integer> takenOf(String chat) {
        return taken.stream().filter(one -> one.chat().equals(chat)).map(Got::n).toList();
    }
}
