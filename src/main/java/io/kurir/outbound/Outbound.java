package io.kurir.outbound;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * Calls URLs that somebody gave us, through {@link UrlGuard}, each redirect anew. Every call has one deadline for all of it, and reads no more
 * than it was told to.
 */
public final class Outbound {
    private static final int REDIRECTS = 5;

    /**
     * One call.
     *
     * @param timeout from the name's resolution to the last byte, redirects included
     * @param most bytes of the answer
     * @param redirects whether they are followed; only for GET
     */
    public record Call(
            HttpMethod method,
            String url,
            Map<String, String> headers,
            Optional<Buffer> body,
            Duration timeout,
            long most,
            boolean redirects) {

        public static Call get(String url, Duration timeout, long most) {
            return new Call(HttpMethod.GET, url, Map.of(), Optional.empty(), timeout, most, true);
        }
    }

    /** The head of an answer; {@code from} is where it came from after the redirects. */
    public record Head(int status, URI from, MultiMap headers) {}

    public record Reply(Head head, Buffer body) {}

    /** The answer is larger than the call allows; the rest was not read. */
    public static final class TooLarge extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooLarge(long most) {
            super("more than " + most + " bytes", null, false, false);
        }
    }

    private final Vertx vertx;
    private final UrlGuard guard;
    private final HttpClient client;

    public Outbound(Vertx vertx, UrlGuard guard) {
        this(vertx, guard, PoolOptions.DEFAULT_MAX_POOL_SIZE);
    }

    /** {@code connections} to one address at a time; more calls wait for one. */
    public Outbound(Vertx vertx, UrlGuard guard, int connections) {
        this.vertx = vertx;
        this.guard = guard;
        HttpClientOptions options = new HttpClientOptions()
                .setConnectTimeout(10_000)
                .setKeepAlive(false) // a connection belongs to a checked address, not to a name
                .setDecompressionSupported(false) // so that a small answer stays small
                .setMaxRedirects(0);
        this.client = vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(connections));
    }

    /** Fails with {@link UrlGuard.Blocked}, {@link TooLarge}, {@link TimeoutException}, or what the network says; any status is an answer. */
    public Future<Reply> call(Call call) {
        Buffer body = Buffer.buffer();
        return exchange(
                call, (head, response, _) -> gather(call, response, body).map(_ -> new Reply(head, body)));
    }

    /** As {@link #call}, but of an answer that is larger only its beginning is read. */
    public Future<Reply> beginning(Call call) {
        return exchange(call, (head, response, _) -> begin(call, response).map(body -> new Reply(head, body)));
    }

    private static Future<Buffer> begin(Call call, HttpClientResponse response) {
        Promise<Buffer> promise = Promise.promise();
        Buffer body = Buffer.buffer();
        response.handler(bytes -> {
            int room = Math.toIntExact(call.most()) - body.length();
            body.appendBuffer(bytes.slice(0, Math.min(bytes.length(), room)));
            if (bytes.length() > room && promise.tryComplete(body)) {
                response.request().reset();
            }
        });
        response.exceptionHandler(promise::tryFail);
        response.endHandler(_ -> promise.tryComplete(body));
        return promise.future();
    }

    /**
     * As {@link #call}, into a new file, which is not there when it fails, or soon after when the time was over. The bytes of a status other than
     * 200 are not read.
     */
    public Future<Head> download(Call call, Path into) {
        return exchange(call, (head, response, open) -> {
            if (head.status() != 200) {
                response.request().reset();
                return Future.succeededFuture(head);
            }
            response.pause();
            return vertx.fileSystem()
                    .open(into.toString(), new OpenOptions().setCreateNew(true))
                    .compose(file -> pour(call, response, file, open))
                    // here and not below: the disk may be slower than the time that the call has
                    .recover(why -> delete(into).transform(_ -> Future.failedFuture(why)))
                    .map(head);
        });
    }

    private Future<Void> delete(Path file) {
        return vertx.fileSystem().delete(file.toString());
    }

    private interface Reader<T> {
        Future<T> read(Head head, HttpClientResponse response, Open open);
    }

    private <T> Future<T> exchange(Call call, Reader<T> reader) {
        Promise<T> promise = Promise.promise();
        // what is open when the time is over is cut
        Open open = new Open();
        long timer = vertx.setTimer(Math.max(1, call.timeout().toMillis()), _ -> {
            promise.tryFail(new TimeoutException(
                    "no complete answer within " + call.timeout().toMillis() + " ms"));
            open.end();
        });
        follow(call, call.url(), 0, open, reader).onComplete(done -> {
            vertx.cancelTimer(timer);
            if (done.succeeded()) {
                promise.tryComplete(done.result());
            } else {
                promise.tryFail(done.cause());
                open.cut();
            }
        });
        return promise.future();
    }

    private <T> Future<T> follow(Call call, String url, int redirects, Open open, Reader<T> reader) {
        return guard.check(url)
                .compose(target -> request(call, target, open).compose(response -> {
                    int status = response.statusCode();
                    String location = response.getHeader(HttpHeaders.LOCATION);
                    boolean elsewhere =
                            call.redirects() && status >= 301 && status <= 308 && status != 304 && location != null;
                    if (!elsewhere) {
                        return reader.read(new Head(status, target.uri(), response.headers()), response, open);
                    }
                    open.cut();
                    if (redirects == REDIRECTS) {
                        return Future.failedFuture(new UrlGuard.Blocked("redirects more than " + REDIRECTS + " times"));
                    }
                    return follow(call, resolved(target.uri(), location), redirects + 1, open, reader);
                }));
    }

    private static String resolved(URI from, String location) {
        try {
            return from.resolve(location).toString();
        } catch (IllegalArgumentException unreadable) {
            throw new UrlGuard.Blocked("redirects to what is no URL");
        }
    }

    private Future<HttpClientResponse> request(Call call, UrlGuard.Target target, Open open) {
        String path = Optional.ofNullable(target.uri().getRawPath())
                .filter(written -> !written.isEmpty())
                .orElse("/");
        String query = Optional.ofNullable(target.uri().getRawQuery())
                .map(written -> "?" + written)
                .orElse("");
        RequestOptions options = new RequestOptions()
                .setMethod(call.method())
                .setServer(SocketAddress.inetSocketAddress(
                        target.port(), target.address().getHostAddress()))
                .setHost(target.uri().getHost())
                .setPort(target.port())
                .setSsl(target.tls())
                .setURI(path + query);
        call.headers().forEach(options::putHeader);
        return client.request(options).compose(request -> {
            open.opened(request);
            return call.body().map(request::send).orElseGet(request::send);
        });
    }

    private static Future<Void> gather(Call call, HttpClientResponse response, Buffer into) {
        Promise<Void> promise = Promise.promise();
        response.handler(bytes -> {
            if (into.length() + bytes.length() > call.most()) {
                promise.tryFail(new TooLarge(call.most()));
            } else {
                into.appendBuffer(bytes);
            }
        });
        response.exceptionHandler(promise::tryFail);
        response.endHandler(_ -> promise.tryComplete());
        return promise.future();
    }

    private static Future<Void> pour(Call call, HttpClientResponse response, AsyncFile file, Open open) {
        Promise<Void> promise = Promise.promise();
        // a response that was cut before there was a file to pour it into does not tell so again
        open.whenOver(() -> promise.tryFail(new TimeoutException("the time was over")));
        long[] size = {0};
        response.handler(bytes -> {
            size[0] += bytes.length();
            if (size[0] > call.most()) {
                promise.tryFail(new TooLarge(call.most()));
            } else if (!promise.future().isComplete()) {
                file.write(bytes).onFailure(promise::tryFail);
                if (file.writeQueueFull()) {
                    response.pause();
                    file.drainHandler(_ -> response.resume());
                }
            }
        });
        response.exceptionHandler(promise::tryFail);
        response.endHandler(_ -> promise.tryComplete());
        response.resume();
        return promise.future().eventually(file::close);
    }

    /** The request that is under way; on several threads. */
    private static final class Open {
        private Optional<HttpClientRequest> request = Optional.empty();
        private Runnable told = () -> {};
        private boolean over;

        /** At once when it is over already. */
        synchronized void whenOver(Runnable deed) {
            told = deed;
            if (over) {
                deed.run();
            }
        }

        synchronized void opened(HttpClientRequest opened) {
            request = Optional.of(opened);
            if (over) {
                opened.reset();
            }
        }

        /** Nothing more is to be opened. */
        synchronized void end() {
            over = true;
            cut();
            told.run();
        }

        synchronized void cut() {
            request.ifPresent(HttpClientRequest::reset);
        }
    }
}
