package io.kurir.http;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Addresses and networks: {@code 192.0.2.7}, {@code 10.0.0.0/8}, {@code 2001:db8::/32}. Names are not resolved. */
public final class Networks {
    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;

    private final List<IpSubnetFilterRule> networks;

    private Networks(List<IpSubnetFilterRule> networks) {
        this.networks = networks;
    }

    /** Leaves out what cannot be read; the settings have refused that. */
    public static Networks of(List<String> written) {
        return new Networks(
                written.stream().flatMap(each -> network(each).stream()).toList());
    }

    public static boolean readable(String written) {
        return network(written).isPresent();
    }

    /** Empty for what is no address by number. */
    static Optional<InetAddress> address(String written) {
        try {
            return Optional.of(InetAddress.ofLiteral(written));
        } catch (IllegalArgumentException name) {
            return Optional.empty();
        }
    }

    private static Optional<IpSubnetFilterRule> network(String written) {
        String[] parts = written.split("/", -1);
        if (parts.length > 2 || (parts.length == 2 && !parts[1].matches("\\d{1,3}"))) {
            return Optional.empty();
        }
        return address(parts[0]).flatMap(address -> {
            int whole = address instanceof Inet4Address ? IPV4_BITS : IPV6_BITS;
            int bits = parts.length == 2 ? Integer.parseInt(parts[1]) : whole;
            return bits > whole
                    ? Optional.empty()
                    : Optional.of(new IpSubnetFilterRule(address, bits, IpFilterRuleType.ACCEPT));
        });
    }

    /** What stands for an address where addresses are counted: of IPv6 the first 64 bits, since whoever has one address has all the rest. */
    public static String counted(String written) {
        return address(written)
                .filter(Inet6Address.class::isInstance)
                .map(address -> HexFormat.of().formatHex(address.getAddress(), 0, 8) + "::/64")
                .orElse(written);
    }

    public boolean contains(String written) {
        return !networks.isEmpty() && address(written).filter(this::contains).isPresent();
    }

    private boolean contains(InetAddress address) {
        InetSocketAddress socket = new InetSocketAddress(address, 0);
        return networks.stream().anyMatch(network -> network.matches(socket));
    }
}
