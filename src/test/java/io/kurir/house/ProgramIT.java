package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.db.embedded.Ports;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.IncomingMessage;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.PageEvent;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program in a JVM of its own joins the cluster of a node, with the client's classes and none of the server's, sends, follows and answers. */
class ProgramIT {
    private static final String CLUSTER = "programs-" + ProcessHandle.current().pid();
    private static final String SECRET = "what the operator gave the program";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Jid CITRA = Jid.ofPhone("6281234567891");
    private static final List<String> JARS =
            List.of("vertx-core-5", "vertx-core-logging", "vertx-hazelcast", "hazelcast-5", "netty-", "jackson-core-2");

    @TempDir
    static Path folder;

    private FakeHouse house;
    private Path hazelcast;
    private Optional<Process> program = Optional.empty();

    @BeforeEach
    void open() throws Exception {
        hazelcast = Files.writeString(folder.resolve("hazelcast.xml"), hazelcast(Ports.free()));
        house = new FakeHouse(
                folder.resolve("data"),
                Map.of(
                        "KURIR_CLUSTER_CONFIG", hazelcast.toString(),
                        "KURIR_CLUSTER_NAME", CLUSTER,
                        "KURIR_CLUSTER_SECRET", SECRET));
        house.connect("shop");
    }

    @AfterEach
    void close() throws Exception {
        program.ifPresent(Process::destroyForcibly);
        house.close();
    }

    /** Ports of its own, so that no other test's cluster is met. */
    private static String hazelcast(int port) {
        return """
                <hazelcast xmlns="http://www.hazelcast.com/schema/config">
                  <properties>
                    <property name="hazelcast.phone.home.enabled">false</property>
                    <property name="hazelcast.shutdownhook.enabled">false</property>
                    <property name="hazelcast.wait.seconds.before.join">0</property>
                    <property name="hazelcast.heartbeat.interval.seconds">1</property>
                    <property name="hazelcast.max.no.heartbeat.seconds">10</property>
                  </properties>
                  <network>
                    <port auto-increment="true" port-count="20">%1$d</port>
                    <interfaces enabled="true"><interface>127.0.0.1</interface></interfaces>
                    <join>
                      <auto-detection enabled="false"/>
                      <multicast enabled="false"/>
                      <tcp-ip enabled="true"><member>127.0.0.1:%1$d</member><member>127.0.0.1:%2$d</member></tcp-ip>
                    </join>
                  </network>
                </hazelcast>
                """.formatted(port, port + 1);
    }

    @Test
    void sendsFollowsAndAnswersOnceAlsoAfterACrash() throws Exception {
        Path position = folder.resolve("position.txt");
        Path first = start("first", position);
        says(first, "following");
        says(first, "sent ");
        assertThat(sent("The shop assistant is at work.")).isEqualTo(1);

        arrives("QUESTION1", "Are you open?");
        says(first, "answered QUESTION1");
        assertThat(sent("Yes, until 5 pm.")).isEqualTo(1);
        assertThat(house.whatsapp.sent.getLast().quoted()).contains("QUESTION1");

        // it dies, and forgets what it had dealt with; meanwhile somebody writes
        program.orElseThrow().destroyForcibly().waitFor(60, TimeUnit.SECONDS);
        Files.writeString(position, "0");
        arrives("THANKS1", "Thank you");
        Path second = start("second", position);
        says(second, "answered QUESTION1");
        says(second, "answered THANKS1");
        assertThat(sent("Yes, until 5 pm.")).isEqualTo(1);
        assertThat(sent("Thank you, Citra.")).isEqualTo(1);

        program.orElseThrow().destroy();
        assertThat(program.orElseThrow().waitFor(60, TimeUnit.SECONDS)).isTrue();
        hadNothingOfTheServer("first");
        hadNothingOfTheServer("second");
    }

    private long sent(String words) {
        return house.whatsapp.sent.stream()
                .filter(message -> message.content().words().equals(words))
                .count();
    }

    private void arrives(String stanzaId, String words) {
        house.whatsapp.tell(
                "shop",
                new PageEvent.Received(new IncomingMessage(
                        stanzaId,
                        CITRA,
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        "chat",
                        new Content.Text(words),
                        List.of(),
                        "Citra",
                        Optional.empty(),
                        Ack.NONE,
                        Instant.now())));
    }

    private Path start(String name, Path position) throws IOException {
        Path log = folder.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-Xmx256m",
                        "-Xlog:class+load:file=" + folder.resolve(name + ".classes"),
                        "-cp",
                        classPath(),
                        "io.kurir.example.ShopAssistant",
                        hazelcast.toString(),
                        CLUSTER,
                        "shop",
                        CITRA.user(),
                        position.toString()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("KURIR_CLUSTER_SECRET", SECRET);
        builder.environment().put("KURIR_API_KEY", House.KEY);
        program = Optional.of(builder.start());
        return log;
    }

    private static void says(Path log, String words) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Files.readString(log)).contains(words));
    }

    /** A folder with the client and the example, and the jars of Vert.x and Hazelcast. */
    private static String classPath() throws IOException {
        Path program = Files.createDirectories(folder.resolve("program"));
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> entries = Arrays.asList(all.split(File.pathSeparator));
        for (String entry : entries) {
            for (String part : List.of("io/kurir/client", "io/kurir/example")) {
                copy(Path.of(entry).resolve(part), program.resolve(part));
            }
        }
        List<String> jars = entries.stream()
                .filter(entry -> JARS.stream()
                        .anyMatch(jar -> Path.of(entry).getFileName().toString().startsWith(jar)))
                .toList();
        assertThat(jars).hasSizeGreaterThan(8);
        List<String> path = new ArrayList<>(jars);
        path.add(program.toString());
        return String.join(File.pathSeparator, path);
    }

    private static void copy(Path from, Path to) throws IOException {
        if (Files.isDirectory(from)) {
            Files.createDirectories(to);
            try (Stream<Path> files = Files.list(from)) {
                for (Path file : files.toList()) {
                    if (Files.notExists(to.resolve(file.getFileName().toString()))) {
                        Files.copy(file, to.resolve(file.getFileName().toString()));
                    }
                }
            }
        }
    }

    private static void hadNothingOfTheServer(String name) throws IOException {
        assertThat(Files.readAllLines(folder.resolve(name + ".classes")))
                .filteredOn(line -> line.contains(" io.kurir."))
                .isNotEmpty()
                .allMatch(line -> line.contains(" io.kurir.client.") || line.contains(" io.kurir.example."));
    }
}
