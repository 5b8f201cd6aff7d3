package io.kurir.simulator;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An AI endpoint for demo and tests, at {@code POST /ai/agents/{agentId}/execute}, as the contract's {@code AgentRequest} and {@code AgentReply}
 * have it. It says what it was told, unless it is told to misbehave: {@code !slow 5} answers after 5 seconds, {@code !status 503} with that
 * status, {@code !silent} with an empty reply, {@code !garbage} with what is no JSON.
 */
final class ScriptedAi {
    static final String PATH = "/ai/";

    private static final Pattern ORDER = Pattern.compile("!(slow|status|silent|garbage)(?: (\\d{1,3}))?");
    private static final int LARGEST = 1 << 20;

    private final Vertx vertx;

    ScriptedAi(Vertx vertx) {
        this.vertx = vertx;
    }

    void serve(HttpServerRequest request, String path) {
        if (!path.matches(PATH + "agents/[^/]+/execute") || !request.method().equals(HttpMethod.POST)) {
            request.response().setStatusCode(404).end();
            return;
        }
        Buffer body = Buffer.buffer();
        request.handler(bytes -> {
            if (body.length() + bytes.length() <= LARGEST) {
                body.appendBuffer(bytes);
            }
        });
        request.endHandler(_ -> answer(request, body));
    }

    private void answer(HttpServerRequest request, Buffer body) {
        String input;
        try {
            input = new JsonObject(body).getString("input", "");
        } catch (DecodeException | ClassCastException notOurs) {
            request.response().setStatusCode(400).end();
            return;
        }
        Matcher order = ORDER.matcher(input.strip());
        if (!order.matches()) {
            reply(request, "You said: " + input);
            return;
        }
        int number = order.group(2) == null ? 0 : Integer.parseInt(order.group(2));
        switch (order.group(1)) {
            case "slow" ->
                vertx.setTimer(Math.max(1, number * 1000L), _ -> reply(request, "That took " + number + " s"));
            case "status" ->
                request.response().setStatusCode(Math.max(200, number)).end("{}");
            case "silent" -> reply(request, "");
            default -> request.response().end("this is no JSON");
        }
    }

    private static void reply(HttpServerRequest request, String text) {
        if (!request.response().closed()) {
            request.response()
                    .putHeader("content-type", "application/json")
                    .end(new JsonObject().put("reply", text).toBuffer());
        }
    }
}
