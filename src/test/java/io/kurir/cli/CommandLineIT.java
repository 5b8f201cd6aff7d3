package io.kurir.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.password4j.Argon2Function;
import com.password4j.Password;
import io.kurir.db.TestPostgres;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each in a process of its own, as an operator would start it. */
class CommandLineIT {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void aSignalStopsInOrderWithCodeZero(String signal) throws Exception {
        var simulator = kurir("simulator", "--port", "0");
        try (var output = output(simulator)) {
            assertThat(output.readLine()).contains("http://127.0.0.1:");
            signal(simulator, signal);
            assertThat(simulator.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(simulator.exitValue()).isZero();
        } finally {
            simulator.destroyForcibly();
        }
    }

    @Test
    void aSignalDuringTheStartLeavesNoDatabaseBehind() throws Exception {
        var start = kurir("start", "--simulator", "--port", "0", "--simulator-port", "0", "--data", folder.toString());
        try (var output = output(start)) {
            assertThat(output.lines().anyMatch(line -> line.contains("starting PostgreSQL: ")))
                    .isTrue();
            signal(start, "TERM");
            assertThat(start.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(start.exitValue()).isZero();
        } finally {
            start.destroyForcibly();
        }
        assertThat(ProcessHandle.allProcesses()
                        .filter(process -> process.info().command().orElse("").startsWith(folder.toString())))
                .isEmpty();
    }

    @Test
    void mistakesAreOneSentenceAndCodeTwo() throws Exception {
        var config = Files.writeString(folder.resolve("kurir.yaml"), "lease: {tll: 20s}\n");
        var data = folder.resolve("data").toString();

        assertSentence(
                "Unknown key \"lease.tll\" in " + config + ": did you mean \"lease.ttl\"?",
                kurir("start", "--config", config.toString(), "--data", data));
        assertSentence("access.secret is missing", kurir("start", "--data", data));
        var database = command("db", "check", "--data", data);
        database.environment().put("DATABASE_URL", "postgresql://me:hidden@127.0.0.1:1/kurir");
        assertSentence("Cannot use the database kurir at 127.0.0.1:1 as me: it does not answer", database.start());
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void usersAreMadeAndGetPasswordsThatComeFromNoArgument() throws Exception {
        var url = TestPostgres.freshUrl();
        assertThat(user(url, "a fine password\n", "create", "ani@example.com", "--role", "admin"))
                .containsExactly("Made: ani (ani@example.com), number 1.", "0");
        assertThat(user(url, "a fine password\n", "create", "Ani@example.com"))
                .containsExactly("The email or the user name is taken.", "2");
        assertThat(user(url, "another one", "passwd", "ani"))
                .containsExactly("The password of ani is set; all logins have ended.", "0");
        assertThat(user(url, "short\n", "passwd", "ani"))
                .containsExactly("The password needs at least 8 characters.", "2");
        var vertx = Vertx.vertx();
        try {
            var row = TestPostgres.pool(vertx, url)
                    .query("select role, password_hash from app_user")
                    .execute()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS)
                    .iterator()
                    .next();
            assertThat(row.getString("role")).isEqualTo("admin");
            assertThat(Password.check("another one", row.getString("password_hash"))
                            .with(Argon2Function.getInstanceFromHash(row.getString("password_hash"))))
                    .isTrue();
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    /** What it says on its own, and last the exit code. */
    private List<String> user(String url, String input, String... arguments) throws Exception {
        var data = List.of("--data", folder.resolve("data").toString());
        var command = command(Stream.of(List.of("user"), List.of(arguments), data)
                .flatMap(List::stream)
                .toArray(String[]::new));
        command.environment().put("DATABASE_URL", url);
        var process = command.start();
        try (var output = output(process)) {
            process.getOutputStream().write(input.getBytes(UTF_8));
            process.getOutputStream().close();
            var lines = new ArrayList<>(output.lines()
                    .filter(line -> !line.matches("\\d\\d:.* (INFO|WARN) .*"))
                    .toList());
            lines.add(String.valueOf(process.waitFor()));
            return lines;
        } finally {
            process.destroyForcibly();
        }
    }

    private static void assertSentence(String beginning, Process process) throws Exception {
        try (var output = output(process)) {
            assertThat(output.lines()).singleElement().asString().startsWith(beginning);
            assertThat(process.waitFor()).isEqualTo(2);
        }
    }

    private static Process kurir(String... arguments) throws IOException {
        return command(arguments).start();
    }

    private static ProcessBuilder command(String... arguments) {
        var java = List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "@conf/jvm.options",
                "-cp",
                System.getProperty("java.class.path"),
                "io.kurir.Main");
        var command = new ProcessBuilder(
                        Stream.concat(java.stream(), Stream.of(arguments)).toList())
                .redirectErrorStream(true);
        command.environment().keySet().removeIf(name -> name.startsWith("KURIR_") || name.startsWith("JWT_"));
        return command;
    }

    private static BufferedReader output(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    }

    private static void signal(Process process, String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .start()
                .waitFor();
    }
}
