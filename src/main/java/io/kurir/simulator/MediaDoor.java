package io.kurir.simulator;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * Where pages put and get encrypted files: {@code POST /mms/{kind}?auth=TOKEN} → {@code {directPath}} and
 * {@code GET directPath?auth=TOKEN}. 401 without the token of a linked page, 411 without a length, 413 above {@link Blobs#LIMIT}, and
 * what the knobs {@code failUpload, failDownload} say. Owned by the simulator's context.
 */
final class MediaDoor {
    static final String PATH = "/mms/";

    private final Network network;

    MediaDoor(Network network) {
        this.network = network;
    }

    void serve(HttpServerRequest request, String path) {
        Optional<Link> link = Optional.ofNullable(request.getParam("auth"))
                .flatMap(token -> Optional.ofNullable(network.byToken.get(token)));
        if (link.isEmpty()) {
            refuse(request, 401);
        } else if (request.method().equals(HttpMethod.POST)) {
            upload(request, link.get().account);
        } else {
            download(request, link.get().account, path.substring(PATH.length()));
        }
    }

    private static void refuse(HttpServerRequest request, int status) {
        // The connection is of no use while the rest of the body is on its way.
        request.resume();
        request.response()
                .putHeader("connection", "close")
                .setStatusCode(status)
                .end();
    }

    private void upload(HttpServerRequest request, Account account) {
        int fail = account.knobs.failUpload();
        if (fail > 0 && network.take(account, "failMediaTimes", account.knobs.failMediaTimes())) {
            refuse(request, fail);
            return;
        }
        String length = request.getHeader("content-length");
        if (length == null || Long.parseLong(length) > Blobs.LIMIT) {
            refuse(request, length == null ? 411 : 413);
            return;
        }
        request.pause();
        network.blobs
                .take(request)
                .onSuccess(id -> request.response()
                        .putHeader("content-type", "application/json")
                        .end(new JsonObject().put("directPath", PATH + id).toBuffer()))
                .onFailure(torn -> request.response().setStatusCode(500).end());
    }

    private void download(HttpServerRequest request, Account account, String id) {
        int fail = account.knobs.failDownload();
        if (fail > 0 && network.take(account, "failMediaTimes", account.knobs.failMediaTimes())) {
            refuse(request, fail);
            return;
        }
        network.blobs.give(request, id);
    }
}
