package io.kurir.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A stranger's client of an HTTP API. Its calls block the (virtual) thread; safe for all threads. */
final class Api {
    private static final int CONNECTIONS = 64;
    private static final long PATIENCE_SECONDS = 90;

    private final HttpClient client;
    private final Map<String, String> headers;

    Api(Vertx vertx, URI base, Map<String, String> headers) {
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setDefaultHost(base.getHost()).setDefaultPort(base.getPort()),
                new PoolOptions().setHttp1MaxSize(CONNECTIONS));
        this.headers = headers;
    }

    record Answer(int status, String body) {
        JsonObject json() {
            return new JsonObject(body);
        }

        /** Throws when it is not a 2xx. */
        Answer ok(String what) {
            if (status < 200 || status > 299) {
                throw new IllegalStateException(what + ": " + status + " " + body);
            }
            return this;
        }
    }

    Answer get(String path) {
        return call(HttpMethod.GET, path, "");
    }

    Answer post(String path, JsonObject body) {
        return call(HttpMethod.POST, path, body.encode());
    }

    /** {@code body}: encoded already. */
    Answer post(String path, String body) {
        return call(HttpMethod.POST, path, body);
    }

    Answer put(String path, JsonObject body) {
        return call(HttpMethod.PUT, path, body.encode());
    }

    private Answer call(HttpMethod method, String path, String body) {
        return await(client.request(method, path).compose(request -> {
            headers.forEach(request::putHeader);
            request.putHeader("content-type", "application/json");
            return request.send(body)
                    .compose(response ->
                            response.body().map(bytes -> new Answer(response.statusCode(), bytes.toString())));
        }));
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failed) {
            throw new IllegalStateException(failed);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }
}
