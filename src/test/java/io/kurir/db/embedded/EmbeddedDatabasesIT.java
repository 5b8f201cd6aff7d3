package io.kurir.db.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kurir.Misconfigured;
import io.kurir.Progress;
import io.kurir.Secrets;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedDatabasesIT {
    @TempDir
    Path data;

    /** A process that starts the databases, says its URLs and waits to be killed. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] args) throws InterruptedException {
            var databases = EmbeddedDatabases.start(Path.of(args[0]), Progress.SILENT);
            System.out.println(databases.databaseUrl());
            System.out.println(databases.redisUrl());
            Thread.sleep(Duration.ofHours(1));
        }
    }

    @Test
    void keepsDataIsDurableAndStopsEverything() throws Exception {
        try (var databases = start();
                var connection = connect(databases.databaseUrl())) {
            connection.createStatement().execute("create table t as select 7 as n");
            for (var setting : List.of("fsync", "full_page_writes", "synchronous_commit")) {
                assertThat(query(connection, "show " + setting)).isEqualTo("on");
            }
            assertThat(query(connection, "show listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(redis(databases.redisUrl(), true, "SET a 1")).endsWith("+OK\r\n");
            assertThat(redis(databases.redisUrl(), true, "CONFIG GET appendonly"))
                    .contains("yes");
        }
        assertThat(processes()).isEmpty();

        try (var databases = start();
                var connection = connect(databases.databaseUrl())) {
            assertThat(query(connection, "select n from t")).isEqualTo("7");
            assertThat(redis(databases.redisUrl(), true, "GET a")).endsWith("$1\r\n1\r\n");
        }
        assertThat(processes()).isEmpty();
    }

    @Test
    void asksForPasswordsThatNobodyElseCanRead() throws Exception {
        try (var databases = start()) {
            var wrong = databases.databaseUrl().replaceFirst(":[^:@]+@", ":wrong@");
            assertThatThrownBy(() -> connect(wrong))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
            assertThat(Files.readString(data.resolve("postgres/pg_hba.conf")).lines())
                    .filteredOn(line -> !line.isBlank() && !line.startsWith("#"))
                    .isNotEmpty()
                    .allMatch(line -> line.endsWith("scram-sha-256"));
            assertThat(redis(databases.redisUrl(), false, "GET a")).startsWith("-NOAUTH");
            assertThat(Files.getPosixFilePermissions(data.resolve("redis/redis.conf")))
                    .hasSize(2);
            assertThat(Files.getPosixFilePermissions(new Secrets(data).file("postgres-password")))
                    .hasSize(2);
        }
    }

    @Test
    void findsWhatAKilledProcessLeftAndStartsAfresh() throws Exception {
        var victim = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        data.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String url;
        try (var output = new BufferedReader(new InputStreamReader(victim.getInputStream(), UTF_8))) {
            url = output.lines()
                    .filter(line -> line.startsWith("postgresql://"))
                    .findFirst()
                    .orElseThrow();
            assertThat(output.readLine()).startsWith("redis://");
            assertThatThrownBy(this::start).isInstanceOf(Misconfigured.class).hasMessageContaining("Another Kurir");
            try (var connection = connect(url)) {
                connection.createStatement().execute("create table t as select 7 as n");
            }
            victim.destroyForcibly().waitFor();
        }
        var left = processes();
        assertThat(left).hasSizeGreaterThanOrEqualTo(2);

        try (var databases = start();
                var connection = connect(databases.databaseUrl())) {
            assertThat(processes()).doesNotContainAnyElementsOf(left);
            assertThat(query(connection, "select n from t")).isEqualTo("7");
        }
        assertThat(processes()).isEmpty();
    }

    @Test
    void startsAKilledServerAgainOnItsPort() throws Exception {
        try (var databases = start()) {
            try (var connection = connect(databases.databaseUrl())) {
                connection.createStatement().execute("create table t as select 7 as n");
            }
            for (var pidFile : List.of("postgres/postmaster.pid", "redis/redis.pid")) {
                var pid = Files.readAllLines(data.resolve(pidFile)).getFirst().strip();
                assertThat(ProcessHandle.of(Long.parseLong(pid)).orElseThrow().destroyForcibly())
                        .isTrue();
            }
            assertThat(eventually(() -> {
                        try (var connection = connect(databases.databaseUrl())) {
                            return query(connection, "select n from t");
                        }
                    }))
                    .isEqualTo("7");
            assertThat(eventually(() -> redis(databases.redisUrl(), true, "PING")))
                    .endsWith("+PONG\r\n");
        }
        assertThat(processes()).isEmpty();
    }

    @Test
    void aPidFileThatNamesAStrangerHarmsNobody() throws Exception {
        start().close();
        var stranger = new ProcessBuilder("sleep", "60").start();
        try {
            for (var pidFile : List.of("postgres/postmaster.pid", "redis/redis.pid")) {
                Files.writeString(data.resolve(pidFile), stranger.pid() + "\n" + data.resolve("postgres") + "\n");
            }
            start().close();
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void refusesDataOfAnotherMajorVersion() throws IOException {
        Files.createDirectories(data.resolve("postgres"));
        Files.writeString(data.resolve("postgres/PG_VERSION"), "17\n");

        assertThatThrownBy(this::start)
                .isInstanceOf(Misconfigured.class)
                .hasMessageContaining("was written by PostgreSQL 17 and this Kurir brings 18");
    }

    private EmbeddedDatabases start() throws InterruptedException {
        return EmbeddedDatabases.start(data, Progress.SILENT);
    }

    /** Everything that runs from our folder. */
    private List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().command().orElse("").startsWith(data.toString()))
                .toList();
    }

    private interface Attempt {
        String now() throws Exception;
    }

    /** The first answer that is not an exception, within 30 s. */
    private static String eventually(Attempt attempt) throws Exception {
        var deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (true) {
            try {
                return attempt.now();
            } catch (SQLException | IOException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    private static Connection connect(String url) throws SQLException {
        var uri = URI.create(url);
        var user = uri.getUserInfo().split(":", 2);
        return DriverManager.getConnection(
                "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath(), user[0], user[1]);
    }

    private static String query(Connection connection, String sql) throws SQLException {
        try (var rows = connection.createStatement().executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private static String redis(String url, boolean authenticate, String command) throws IOException {
        var uri = URI.create(url);
        try (var socket = new Socket(uri.getHost(), uri.getPort())) {
            var login = authenticate ? "AUTH " + uri.getUserInfo().substring(1) + "\r\n" : "";
            socket.getOutputStream().write((login + command + "\r\n").getBytes(UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }
}
