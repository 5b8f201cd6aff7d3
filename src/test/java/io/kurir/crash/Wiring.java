package io.kurir.crash;

import io.kurir.db.embedded.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How several nodes on this machine reach PostgreSQL and each other: over lines that can be cut one by one. Nodes know each other by names, and each has a
 * hosts file of its own, in which a name leads to a loopback address that only this node uses: so both ends of a line are known. Used by one
 * thread.
 */
final class Wiring implements AutoCloseable {
    private final Path folder;
    private final URI databaseUrl;
    private final int count;
    /** Where Hazelcast is reached, on all nodes; where it listens differs, as they share a machine. */
    private final int members = Ports.free();

    private final List<Integer> hazelcast = new ArrayList<>();
    private final List<Integer> bus = new ArrayList<>();
    private final List<Line> database = new ArrayList<>();
    private final List<Way> ways = new ArrayList<>();

    private record Way(int from, int to, Line line) {}

    Wiring(Path folder, int count, String databaseUrl) throws IOException {
        this.folder = folder;
        this.count = count;
        this.databaseUrl = URI.create(databaseUrl);
        for (int node = 0; node < count; node++) {
            hazelcast.add(Ports.free());
            bus.add(Ports.free());
            database.add(new Line(this.databaseUrl.getPort()));
        }
        for (int from = 0; from < count; from++) {
            for (int to = 0; to < count; to++) {
                if (from != to) {
                    ways.add(new Way(from, to, new Line(address(from, to), members, hazelcast.get(to))));
                    ways.add(new Way(from, to, new Line(address(from, to), bus.get(to), bus.get(to))));
                }
            }
            Files.writeString(folder.resolve("hosts-" + from), hosts(from));
            Files.writeString(folder.resolve("cluster-" + from + ".xml"), cluster(from));
        }
    }

    private static String name(int node) {
        return "kurir-" + node;
    }

    /** By which {@code from} reaches {@code to}. */
    private static String address(int from, int to) {
        return from == to ? "127.0.0.1" : "127.0." + (10 + from) + "." + (10 + to);
    }

    private String hosts(int node) throws IOException {
        StringBuilder hosts = new StringBuilder(
                "127.0.0.1 localhost\n127.0.0.1 " + InetAddress.getLocalHost().getHostName() + "\n");
        for (int other = 0; other < count; other++) {
            hosts.append(address(node, other)).append(' ').append(name(other)).append('\n');
        }
        return hosts.toString();
    }

    /** The cluster.xml that Kurir comes with, but for the addresses. */
    private String cluster(int node) throws IOException {
        String members = "";
        for (int other = 0; other < count; other++) {
            members += "<member>" + name(other) + ":" + this.members + "</member>";
        }
        String xml = Files.readString(Path.of("cluster.xml"));
        xml = replaced(xml, "(?s)<member>127.0.0.1:5701.*?127.0.0.1:5703</member>", members);
        xml = replaced(
                xml,
                "<port auto-increment=\"true\" port-count=\"20\">5701</port>",
                "<public-address>" + name(node) + ":" + this.members
                        + "</public-address><port auto-increment=\"false\">" + hazelcast.get(node) + "</port>");
        // which Hazelcast compares the others' addresses with, too
        xml = replaced(xml, "<interface>127.0.0.1<", "<interface>127.0.*.*<");
        return replaced(
                xml, "<properties>", "<properties><property name=\"hazelcast.socket.bind.any\">false</property>");
    }

    private static String replaced(String text, String pattern, String by) {
        String replaced = text.replaceFirst(pattern, by);
        if (replaced.equals(text)) {
            throw new AssertionError("cluster.xml has no " + pattern);
        }
        return replaced;
    }

    Map<String, String> environment(int node) {
        Map<String, String> environment = new HashMap<>();
        environment.put(
                "DATABASE_URL",
                databaseUrl
                        .toString()
                        .replace(
                                "@" + databaseUrl.getHost() + ":" + databaseUrl.getPort(),
                                "@127.0.0.1:" + database.get(node).port()));
        environment.put(
                "KURIR_CLUSTER_CONFIG",
                folder.resolve("cluster-" + node + ".xml").toString());
        environment.put("KURIR_CLUSTER_HOST", name(node));
        environment.put("KURIR_CLUSTER_BUS_PORT", String.valueOf(bus.get(node)));
        // several on two cores; and the JVM's own resolver everywhere, since only that one reads the file
        environment.put(
                "JDK_JAVA_OPTIONS",
                "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m -Dvertx.disableDnsResolver=true -Djdk.net.hosts.file="
                        + folder.resolve("hosts-" + node));
        return environment;
    }

    void cutDatabase(int node) {
        database.get(node).cut();
    }

    void mendDatabase(int node) {
        database.get(node).mend();
    }

    /** Between that node and all the others, both ways. */
    void isolate(int node) {
        ways.stream()
                .filter(way -> way.from() == node || way.to() == node)
                .forEach(way -> way.line().cut());
    }

    void rejoin(int node) {
        ways.stream()
                .filter(way -> way.from() == node || way.to() == node)
                .forEach(way -> way.line().mend());
    }

    @Override
    public void close() throws IOException {
        for (Line line : database) {
            line.close();
        }
        for (Way way : ways) {
            way.line().close();
        }
    }
}
