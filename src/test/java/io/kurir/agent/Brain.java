package io.kurir.agent;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** The endpoint of an agent: keeps what it is asked and answers what a test wants. */
public final class Brain {
    /** One call; {@code bearer} is the whole header. */
    public record Asked(JsonObject body, String bearer) {
        public String input() {
            return body.getString("input");
        }
    }

    public record Answer(int status, String body) {
        public static Answer reply(String text) {
            return new Answer(200, new JsonObject().put("reply", text).encode());
        }
    }

    public final List<Asked> asked = new CopyOnWriteArrayList<>();
    public volatile Function<Asked, Future<Answer>> answer =
            asked -> Future.succeededFuture(Answer.reply("re: " + asked.input()));

    private final HttpServer server;

    public Brain(Vertx vertx) {
        server = vertx.createHttpServer().requestHandler(this::on);
        server.listen(0, "127.0.0.1").await();
    }

    public String url() {
        return "http://127.0.0.1:" + server.actualPort() + "/run";
    }

    public List<String> inputs() {
        return asked.stream().map(Asked::input).toList();
    }

    private void on(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            Asked one = new Asked(
                    body.toJsonObject(), Objects.requireNonNullElse(request.getHeader("Authorization"), "none"));
            asked.add(one);
            answer.apply(one)
                    .onSuccess(said -> request.response()
                            .setStatusCode(said.status())
                            .putHeader("content-type", "application/json")
                            .end(said.body()));
        });
    }
}
