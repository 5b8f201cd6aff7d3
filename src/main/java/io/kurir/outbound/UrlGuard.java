package io.kurir.outbound;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;

/**
 * Decides whether a URL that somebody gave us may be called, and at which address: only {@code http} and {@code https}, and only hosts all of
 * whose addresses are public, so that nobody can reach this machine or its network through us. The name is resolved here, once; the
 * connection must go to the address that was checked, else a second answer of the name server could undo the check.
 */
public final class UrlGuard {

    /** A URL that may be called; {@code address} is where to connect to, {@code named}: because the settings say so. */
    public record Target(URI uri, InetAddress address, int port, boolean named) {
        public boolean tls() {
            return "https".equalsIgnoreCase(uri.getScheme());
        }
    }

    /** The URL must not be called; the message says why, for the one who gave it. */
    public static final class Blocked extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Blocked(String why) {
            super(why, null, false, false);
        }
    }

    /** Where work that blocks is done. */
    private interface Aside {
        Future<InetAddress[]> run(Callable<InetAddress[]> resolution);
    }

    private final Aside aside;
    private final List<Pattern> allowed;

    /** {@code allowed}: {@code host}, {@code host:port} or with {@code *} for anything; what they match may be called whatever its address. */
    public UrlGuard(Vertx vertx, List<String> allowed) {
        this(resolution -> vertx.executeBlocking(resolution, false), allowed);
    }

    /** Likewise, with threads of its own for name servers that do not answer. */
    public UrlGuard(WorkerExecutor threads, List<String> allowed) {
        this(resolution -> threads.executeBlocking(resolution, false), allowed);
    }

    private UrlGuard(Aside aside, List<String> allowed) {
        this.aside = aside;
        this.allowed = allowed.stream().map(UrlGuard::pattern).toList();
    }

    private static Pattern pattern(String written) {
        String whole = written.matches(".*:(\\d+|\\*)") ? written : written + ":*";
        return Pattern.compile(
                ("\\Q" + whole.toLowerCase(Locale.ROOT).replace("*", "\\E.*\\Q") + "\\E").replace("\\Q\\E", ""));
    }

    /** Fails with {@link Blocked}. To be asked again for each redirect. */
    public Future<Target> check(String url) {
        URI uri;
        try {
            uri = new URI(url.strip());
        } catch (java.net.URISyntaxException unreadable) {
            return Future.failedFuture(new Blocked("is not a URL"));
        }
        String scheme = Optional.ofNullable(uri.getScheme()).orElse("").toLowerCase(Locale.ROOT);
        String host = Optional.ofNullable(uri.getHost()).orElse("");
        if (!(scheme.equals("http") || scheme.equals("https")) || host.isEmpty()) {
            return Future.failedFuture(new Blocked("must begin with http:// or https:// and name a host"));
        }
        if (uri.getRawUserInfo() != null) {
            return Future.failedFuture(new Blocked("must not carry a user or password"));
        }
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
        if (port == 0 || port > 65_535) {
            return Future.failedFuture(new Blocked("has no valid port"));
        }
        String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        boolean open = open(name, port);
        return checked(name, open).map(address -> new Target(uri, address, port, open));
    }

    /** Where to connect to for a host that stands in no URL, such as a proxy's; fails with {@link Blocked}. */
    public Future<InetAddress> address(String host, int port) {
        return checked(host, open(host, port));
    }

    private boolean open(String host, int port) {
        String written = (host.contains(":") ? "[" + host + "]" : host).toLowerCase(Locale.ROOT) + ":" + port;
        return allowed.stream().anyMatch(each -> each.matcher(written).matches());
    }

    private Future<InetAddress> checked(String host, boolean open) {
        return resolve(host).map(addresses -> {
            if (!open) {
                for (InetAddress address : addresses) {
                    if (!PublicAddresses.contain(address)) {
                        // which one it is must not be told: that would be a map of our network
                        throw new Blocked("leads to an address that is not public");
                    }
                }
            }
            return addresses[0];
        });
    }

    /** Java's own resolver: it blocks, and reads what the system is told to read. */
    private Future<InetAddress[]> resolve(String host) {
        return aside.run(() -> {
            try {
                return InetAddress.getAllByName(host);
            } catch (UnknownHostException unknown) {
                throw new Blocked("names a host that is not known");
            }
        });
    }
}
