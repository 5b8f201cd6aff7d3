package io.kurir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.db.TestPostgres;
import io.kurir.db.embedded.Ports;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisAPI;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.embedded.RedisServer;

/** {@code kurir redis} and {@code kurir doctor}, each in a process of its own, on real databases and a real browser. */
class LookingAfterIT {
    private static Vertx vertx;
    private static RedisServer server;
    private static RedisAPI redis;
    private static String url;

    @TempDir
    Path data;

    private record Said(int code, List<String> lines) {
        String text() {
            return String.join("\n", lines);
        }
    }

    @BeforeAll
    static void open() throws IOException {
        int port = Ports.free();
        server = RedisServer.newRedisServer()
                .port(port)
                .bind("127.0.0.1")
                .setting("save \"\"")
                .build();
        server.start();
        url = "redis://127.0.0.1:" + port;
        vertx = Vertx.vertx();
        redis = RedisAPI.api(Redis.createClient(vertx, url));
    }

    @AfterAll
    static void close() throws IOException {
        vertx.close().await();
        server.stop();
    }

    @Test
    void redisIsLookedAfterAndNobodyElsesKeysAreTouched() throws Exception {
        set("kurir:number:6281234567890@c.us", 60);
        set("kurir:login:account:without-end", 0);
        set("kurir:oldfeature:1", 60);
        set("session:somebody-elses", 0);

        Said analysis = kurir("", "redis", "analyze");
        assertThat(analysis.code()).isZero();
        assertThat(analysis.text()).contains("oldfeature").contains("orphaned").doesNotContain("somebody-elses");
        assertThat(analysis.lines()).anyMatch(line -> line.matches("all +3 .*"));
        assertThat(analysis.lines()).anyMatch(line -> line.matches("login +1 +\\d+ +1 +- .*"));

        assertThat(kurir("n\n", "redis", "clean").text()).contains("Nothing was removed");
        assertThat(keys()).hasSize(4);
        assertThat(kurir("", "redis", "clean", "--auto").text()).contains("Removed 2 keys");
        assertThat(keys()).containsExactlyInAnyOrder("kurir:number:6281234567890@c.us", "session:somebody-elses");

        Said well = kurir("", "redis", "monitor", "--count", "2", "--interval", "1");
        assertThat(well.code()).isZero();
        assertThat(well.lines()).hasSize(2).allMatch(line -> line.contains(" ok "));
        Said alarm = kurir("", "redis", "monitor", "--count", "1", "--warning", "0", "--critical", "0");
        assertThat(alarm.code()).isOne();
        assertThat(alarm.text()).contains("critical");
    }

    @Test
    void aDoctorSaysWhatIsWellAndWhatIsNot() throws Exception {
        Said well = kurir("", "doctor", "--simulator", "--data", data.toString());
        assertThat(well.lines())
                .anyMatch(line -> line.matches("ok +settings .*simulator"))
                .anyMatch(line -> line.startsWith("ok    disk"))
                .anyMatch(line -> line.startsWith("ok    schema"))
                .anyMatch(line -> line.startsWith("ok    clock"))
                .anyMatch(line -> line.startsWith("ok    redis"))
                .anyMatch(line -> line.matches("ok +browser .*[Cc]hrom.*"))
                .anyMatch(line -> line.matches("ok +bindings +wa-js \\d.*"));
        // the tests' PostgreSQL forgets what it has committed when the power fails
        assertThat(well.lines())
                .filteredOn(line -> line.startsWith("fail"))
                .singleElement()
                .asString()
                .contains("fsync");
        assertThat(well.code()).isOne();
    }

    @Test
    void aDoctorFindsWhatAStartWouldStopAt() throws Exception {
        Said production = kurir("", "doctor", "--no-browser", "--data", data.toString());
        assertThat(production.code()).isOne();
        assertThat(production.text())
                .containsPattern("fail +settings +access.secret is missing")
                .containsPattern("warn +settings .*PUPPETEER_ARGS");
        assertThat(data).isEmptyDirectory();
    }

    private static void set(String key, int seconds) {
        Future<?> done = seconds == 0 ? redis.set(List.of(key, "1")) : redis.setex(key, String.valueOf(seconds), "1");
        done.await();
    }

    private static List<String> keys() {
        return redis.keys("*").await().stream().map(Object::toString).toList();
    }

    private static Said kurir(String input, String... arguments) throws Exception {
        List<String> java = List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "@conf/jvm.options",
                "-cp",
                System.getProperty("java.class.path"),
                "io.kurir.Main");
        ProcessBuilder command = new ProcessBuilder(
                        Stream.concat(java.stream(), Stream.of(arguments)).toList())
                .redirectErrorStream(true);
        command.environment().keySet().removeIf(name -> name.startsWith("KURIR_") || name.startsWith("JWT_"));
        command.environment()
                .putAll(Map.of("REDIS_URL", url, "DATABASE_URL", database(), "PUPPETEER_ARGS", "--no-sandbox"));
        Process process = command.start();
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        return new Said(process.waitFor(), lines);
    }

    private static String database() {
        return Database.URL;
    }

    /** One for all of the class. */
    private static final class Database {
        static final String URL = TestPostgres.freshUrl().replace("postgres@", "postgres:postgres@");
    }
}
