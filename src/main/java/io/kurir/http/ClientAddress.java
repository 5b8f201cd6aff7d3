package io.kurir.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a request comes from: the other end of the connection, or, where that is a proxy of ours, whom it says that it speaks for. Each proxy adds
 * the one before it at the end of {@code X-Forwarded-For}: what comes before the last one that is not ours, anybody may have written.
 */
final class ClientAddress {
    private static final String FOUND = "kurir.address";
    private static final String FORWARDED = "X-Forwarded-For";
    private static final Pattern WITH_PORT = Pattern.compile("\\[(?<six>[^]]+)](:\\d+)?|(?<four>[\\d.]+):\\d+");

    private final Networks proxies;

    ClientAddress(Networks proxies) {
        this.proxies = proxies;
    }

    void assign(RoutingContext ctx) {
        ctx.put(FOUND, find(ctx.request()));
        ctx.next();
    }

    static String of(RoutingContext ctx) {
        return Optional.<String>ofNullable(ctx.get(FOUND)).orElse("unknown");
    }

    private String find(HttpServerRequest request) {
        var remote = request.remoteAddress();
        String last = remote == null || remote.hostAddress() == null ? "unknown" : remote.hostAddress();
        if (!proxies.contains(last)) {
            return last;
        }
        for (String hop : hops(request)) {
            Optional<InetAddress> address = Networks.address(hop);
            if (address.isEmpty()) {
                return last; // no proxy of ours writes that
            }
            last = address.get().getHostAddress();
            if (!proxies.contains(last)) {
                return last;
            }
        }
        return last;
    }

    /** The last one first, without ports. */
    private static List<String> hops(HttpServerRequest request) {
        List<String> hops = new ArrayList<>();
        for (String line : request.headers().getAll(FORWARDED)) {
            for (String hop : line.split(",", -1)) {
                Matcher matcher = WITH_PORT.matcher(hop.strip());
                hops.add(
                        !matcher.matches()
                                ? hop.strip()
                                : Optional.ofNullable(matcher.group("six")).orElseGet(() -> matcher.group("four")));
            }
        }
        Collections.reverse(hops);
        return hops;
    }
}
