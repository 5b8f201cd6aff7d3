package io.kurir.proxy;

import io.kurir.http.Problem;
import io.vertx.core.net.ProxyOptions;
import io.vertx.core.net.ProxyType;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/** An HTTP (CONNECT) or SOCKS5 proxy, with credentials where it asks for them. */
public record Proxy(Kind kind, String host, int port, Optional<Login> login) {

    /** The protocol that the proxy speaks. */
    public enum Kind {
        HTTP,
        SOCKS5;

        String scheme() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Who we are to the proxy. */
    public record Login(String username, String password) {
        @Override
        public String toString() {
            return username + ":***";
        }
    }

    /**
     * Reads {@code http://host:port} or {@code socks5://host:port}. Throws {@code INVALID_PAYLOAD} that names {@code proxy.server}, or
     * {@code proxy.password} for a password without a user.
     */
    public static Proxy of(String server, Optional<String> username, Optional<String> password) {
        URI uri = uri(server);
        Kind kind = switch (String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT)) {
            case "http" -> Kind.HTTP;
            case "socks5" -> Kind.SOCKS5;
            default -> throw invalid("must begin with http:// or socks5://");
        };
        if (uri.getUserInfo() != null) {
            throw invalid("must not contain credentials: they have fields of their own");
        }
        boolean more = !String.valueOf(uri.getPath()).isEmpty() && !"/".equals(uri.getPath());
        if (uri.getHost() == null || uri.getPort() < 1 || uri.getPort() > 65_535 || more || uri.getQuery() != null) {
            throw invalid("must be http://host:port or socks5://host:port");
        }
        if (username.isEmpty() && password.isPresent()) {
            throw Problem.invalid("proxy.password", "has no proxy.username beside it");
        }
        Optional<Login> login = username.map(user -> new Login(user, password.orElse("")));
        return new Proxy(kind, uri.getHost().replaceAll("[\\[\\]]", ""), uri.getPort(), login);
    }

    private static URI uri(String server) {
        try {
            return new URI(server.strip());
        } catch (URISyntaxException unreadable) {
            throw invalid("is not a URL");
        }
    }

    private static Problem invalid(String reason) {
        return Problem.invalid("proxy.server", reason);
    }

    /** Without credentials, as it is shown and as devices are grouped by. */
    public String server() {
        return kind.scheme() + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** The same, at the address that its name was found to have. */
    Proxy at(InetAddress address) {
        return new Proxy(kind, address.getHostAddress(), port, login);
    }

    ProxyOptions options() {
        ProxyOptions options = new ProxyOptions()
                .setType(kind == Kind.HTTP ? ProxyType.HTTP : ProxyType.SOCKS5)
                .setHost(host)
                .setPort(port);
        login.ifPresent(who -> options.setUsername(who.username()).setPassword(who.password()));
        return options;
    }
}
