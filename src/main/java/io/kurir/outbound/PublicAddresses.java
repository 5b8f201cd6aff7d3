package io.kurir.outbound;

import java.net.Inet4Address;
import java.net.InetAddress;

/** Which addresses belong to the public Internet, after the registries of special-purpose addresses (RFC 6890 and its successors). */
final class PublicAddresses {
    private record Block(int address, int bits) {
        boolean contains(int candidate) {
            return (candidate ^ address) >>> (32 - bits) == 0;
        }
    }

    private static final Block[] NOT_PUBLIC = {
        block(0, 0, 0, 8),
        block(10, 0, 0, 8),
        block(100, 64, 0, 10), // carriers' own
        block(127, 0, 0, 8),
        block(169, 254, 0, 16),
        block(172, 16, 0, 12),
        block(192, 0, 0, 24),
        block(192, 0, 2, 24),
        block(192, 88, 99, 24),
        block(192, 168, 0, 16),
        block(198, 18, 0, 15),
        block(198, 51, 100, 24),
        block(203, 0, 113, 24),
        block(224, 0, 0, 3) // multicast, reserved, broadcast
    };

    private PublicAddresses() {}

    private static Block block(int first, int second, int third, int bits) {
        return new Block(first << 24 | second << 16 | third << 8, bits);
    }

    static boolean contain(InetAddress address) {
        byte[] bytes = address.getAddress();
        return address instanceof Inet4Address ? v4(bytes, 0) : v6(bytes);
    }

    private static boolean v4(byte[] bytes, int from) {
        int number = (bytes[from] & 0xff) << 24
                | (bytes[from + 1] & 0xff) << 16
                | (bytes[from + 2] & 0xff) << 8
                | (bytes[from + 3] & 0xff);
        for (Block block : NOT_PUBLIC) {
            if (block.contains(number)) {
                return false;
            }
        }
        return true;
    }

    /** Only 2000::/3 is given out; within it the tunnels carry an IPv4 address that counts, and some blocks are not routed. */
    private static boolean v6(byte[] bytes) {
        int head = group(bytes, 0);
        if (head == 0x0064 && group(bytes, 1) == 0xff9b && zero(bytes, 4, 12)) {
            return v4(bytes, 12); // NAT64
        }
        if ((head & 0xe000) != 0x2000) {
            return false; // unspecified, loopback, mapped, unique local, link-local, multicast …
        }
        if (head == 0x2002) {
            return v4(bytes, 2); // 6to4
        }
        int second = group(bytes, 1);
        boolean ietf = head == 0x2001 && second < 0x0200; // Teredo, ORCHID, benchmarking
        boolean documentation = (head == 0x2001 && second == 0x0db8) || (head == 0x3fff && second < 0x1000);
        return !ietf && !documentation;
    }

    private static boolean zero(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private static int group(byte[] bytes, int n) {
        return (bytes[2 * n] & 0xff) << 8 | (bytes[2 * n + 1] & 0xff);
    }
}
