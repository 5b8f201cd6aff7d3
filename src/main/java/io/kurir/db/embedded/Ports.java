package io.kurir.db.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Scanner;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that must come back on the same one. Not those that the kernel gives to outgoing connections: while a killed server is away, such a
 * connection (even a client's that tries to reach it) may take its port, and it could not listen there for as long as that one lives.
 */
public final class Ports {
    private static final int LOWEST = 10_000;
    private static final int TRIES = 100;
    /** IANA's; Linux begins at 32768 and says so. */
    private static final int DYNAMIC = 49_152;

    private Ports() {}

    /** A port of this machine's loopback address that is free now. Somebody may take it before the server does; its start then fails and says so. */
    public static int free() {
        int end = firstDynamic();
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, end);
            try (ServerSocket socket = new ServerSocket()) {
                socket.setReuseAddress(false);
                socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return port;
            } catch (BindException taken) {
                // the next one, then
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        throw new UncheckedIOException(new IOException("no free port between " + LOWEST + " and " + end));
    }

    private static int firstDynamic() {
        try (Scanner range =
                new Scanner(Path.of("/proc/sys/net/ipv4/ip_local_port_range"), StandardCharsets.US_ASCII)) {
            int first = range.nextInt();
            return first > LOWEST + TRIES ? first : DYNAMIC;
        } catch (IOException elsewhere) {
            return DYNAMIC;
        }
    }
}
