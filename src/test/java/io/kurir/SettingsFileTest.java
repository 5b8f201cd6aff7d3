package io.kurir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kurir.Settings.Mode;
import io.kurir.Settings.OnUnknown;
import io.kurir.Settings.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsFileTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final Map<String, String> WITH_SECRET = Map.of("JWT_SECRET", SECRET);

    @TempDir
    Path folder;

    @Test
    void knowsAllDefaults() throws IOException {
        var settings = load("", WITH_SECRET).settings();

        assertThat(settings.mode()).isEqualTo(Mode.PRODUCTION);
        assertThat(settings.roles()).containsExactlyInAnyOrder(Role.values());
        assertThat(settings.data()).isEqualTo(folder.resolve("data"));
        assertThat(settings.http().port()).isEqualTo(3000);
        assertThat(settings.http().publicUrl()).hasToString("http://127.0.0.1:3000");
        assertThat(settings.http().rate().limit()).isEqualTo(100);
        assertThat(load("mode: development", Map.of()).settings().http().rate().limit())
                .isZero();
        assertThat(settings.lease().ttl()).isEqualTo(Duration.ofSeconds(20));
        assertThat(settings.whatsapp().baseUrl()).hasToString("https://web.whatsapp.com");
        assertThat(settings.whatsapp().browser().hostRules()).isEmpty();
        assertThat(settings.database().migrateAtStart()).isFalse();
        assertThat(settings.access().registration()).isFalse();
        assertThat(settings.access().secret()).isEqualTo(SECRET);
    }

    /** The file that is delivered: as it is, and with every comment sign before a key taken away, it changes nothing. */
    @Test
    void deliveredFileSaysTheDefaultsAndNamesEveryKeyAndVariable() throws IOException {
        var delivered = Files.readString(Path.of("conf/kurir.yaml"));
        var spelledOut =
                Pattern.compile("(?m)^( *)#([a-z-]+:)").matcher(delivered).replaceAll("$1$2");
        // that key alone has a default which depends on where Kurir is installed
        spelledOut = spelledOut.replace("\ndata: data\n", "\n").replace("config: cluster.xml", "config:");
        var expected = load("", WITH_SECRET).settings();

        assertThat(load(delivered, WITH_SECRET).settings()).isEqualTo(expected);
        assertThat(load(spelledOut, WITH_SECRET).settings()).isEqualTo(expected);

        var keys = SettingKeys.read(sources("", WITH_SECRET, Map.of()));
        SettingsFile.load(keys, sources("", WITH_SECRET, Map.of()), SettingsFile.Purpose.SERVE);
        assertThat(keys.known()).hasSizeGreaterThan(40).allSatisfy(key -> {
            assertThat(delivered).containsPattern("\\b" + SettingKeys.variable(key) + "\\b");
            assertThat(delivered).containsPattern("(?m)^ *#?" + key.replaceAll(".*\\.", "") + ":");
        });
    }

    @Test
    void unknownKeyIsNamedWithTheNearestKnownOneBeforeAnythingElse() {
        assertThatThrownBy(() -> load("lease: {tll: 20s}", Map.of()))
                .isInstanceOf(Misconfigured.class)
                .hasMessageContaining("\"lease.tll\"")
                .hasMessageContaining("did you mean \"lease.ttl\"");
    }

    @Test
    void commandLineGoesBeforeOwnVariableBeforeOlderVariableBeforeFile() throws IOException {
        var file = "http: {port: 1}";
        var older = Map.of("JWT_SECRET", SECRET, "PORT", "2");
        var own = Map.of("JWT_SECRET", SECRET, "PORT", "2", "KURIR_HTTP_PORT", "3");

        assertThat(load(file, WITH_SECRET).settings().http().port()).isEqualTo(1);
        assertThat(load(file, older).settings().http().port()).isEqualTo(2);
        assertThat(load(file, own).settings().http().port()).isEqualTo(3);
        var options = sources(file, own, Map.of("http.port", "4"));
        assertThat(SettingsFile.load(options).settings().http().port()).isEqualTo(4);
    }

    @Test
    void olderVariablesAreHonouredWhereTheyMeanSomething() throws IOException {
        var environment = Map.ofEntries(
                Map.entry("JWT_SECRET", SECRET),
                Map.entry("JWT_EXPIRES_IN", "2h"),
                Map.entry("JWT_REFRESH_EXPIRES_IN", "14d"),
                Map.entry("SCHEDULER_BASE_DELAY_MS", "250"),
                Map.entry("SCHEDULER_MAX_ATTEMPTS", "3"),
                Map.entry("WA_CLIENT_IDS", "shop, support"),
                Map.entry("AUTO_CREATE_TABLES", "true"),
                Map.entry("API_KEY", "key"),
                Map.entry("DATABASE_URL", "postgresql://a:b@c/d"),
                Map.entry("REDIS_URL", "redis://e:1"),
                Map.entry("KURIR_ADMIN_EMAIL", "admin@example.org"),
                Map.entry("ALLOWED_ORIGINS", "http://localhost:8080/,http://localhost:3000"),
                Map.entry("API_RATE_LIMIT", "50"),
                Map.entry("API_RATE_WINDOW", "30000"),
                Map.entry("RATE_LIMIT_WHITELIST", "127.0.0.1,::1"),
                Map.entry("RATE_LIMIT_MESSAGE", "Terlalu banyak permintaan"),
                Map.entry("RATE_LIMIT_STATUS_CODE", "503"),
                Map.entry("KURIR_DELIVERY_ON_UNKNOWN", "FAIL"),
                Map.entry("AI_BACKEND_URL", "http://ai:8000"),
                Map.entry("SOMETHING_ELSE", "x"));
        var loaded = load("", environment);
        var settings = loaded.settings();

        assertThat(settings.access().tokenLifetime()).isEqualTo(Duration.ofHours(2));
        assertThat(settings.access().refreshLifetime()).isEqualTo(Duration.ofDays(14));
        assertThat(settings.access().adminApiKey()).contains("key");
        assertThat(settings.access().adminEmail()).contains("admin@example.org");
        assertThat(settings.http().allowedOrigins()).containsExactly("http://localhost:8080", "http://localhost:3000");
        assertThat(settings.http().rate())
                .isEqualTo(new Settings.Rate(
                        50, Duration.ofSeconds(30), List.of("127.0.0.1", "::1"), "Terlalu banyak permintaan", 503));
        assertThat(settings.delivery().baseDelay()).isEqualTo(Duration.ofMillis(250));
        assertThat(settings.delivery().maxAttempts()).isEqualTo(3);
        assertThat(settings.delivery().onUnknown()).isEqualTo(OnUnknown.FAIL);
        assertThat(settings.agent().backendUrl()).contains(java.net.URI.create("http://ai:8000"));
        assertThat(settings.device().restore()).containsExactly("shop", "support");
        assertThat(settings.database().migrateAtStart()).isTrue();
        assertThat(settings.database().url()).isEqualTo("postgresql://a:b@c/d");
        assertThat(loaded.embedPostgres()).isFalse();
        assertThat(loaded.embedRedis()).isFalse();
        assertThat(loaded.warnings()).isEmpty();
    }

    @Test
    void olderVariablesWithoutMeaningAreNamed() throws IOException {
        var environment = Map.of(
                "JWT_SECRET", SECRET,
                "DASHBOARD_PORT", "4000",
                "WA_DATA_PATH", "/x",
                "PUPPETEER_ARGS", "--x",
                "PUPPETEER_EXECUTABLE_PATH", "/usr/bin/chromium");
        var loaded = load("", environment);

        assertThat(loaded.warnings())
                .hasSize(3)
                .anyMatch(warning -> warning.contains("DASHBOARD_PORT"))
                .anyMatch(warning -> warning.contains("WA_DATA_PATH"))
                .anyMatch(warning -> warning.contains("PUPPETEER_ARGS"));
        assertThat(loaded.settings().whatsapp().browser().executable()).contains(Path.of("/usr/bin/chromium"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            lease: {ttl: 20}                  | a duration such as
            lease: {ttl: 12s}                 | at least twice lease.renew-every plus lease.margin
            events: {retention: 1h}           | not below 86400s
            http: {port: many}                | a whole number from 0 to 65535
            http: {port: 70000}               | a whole number from 0 to 65535
            http: {port: 99999999999}         | a whole number from 0 to 65535
            http: {allowed-origins: ["*"]}    | origins such as https://shop.example
            http: {trusted-proxies: [proxy]}  | addresses or networks
            mode: prod                        | one of production, development, simulator
            roles: [http, cook]               | one or more of http, worker, scheduler
            roles: []                         | one or more of http, worker, scheduler
            access: {registration: maybe}     | true or false
            access: {secret: short}           | at least 32 characters
            whatsapp: {base-url: example.org} | begins with http:// or https://
            device: {country: Indonesia}      | two capital letters
            database: {url: mysql://a/b}      | postgresql://user:password@host
            redis: {url: localhost}           | redis://
            developer: {jid: me}              | a phone number with its country code
            http: [                           | not valid YAML
            just words                        | not valid
            """)
    void wrongValuesAreToldInOneSentence(String yaml, String sentence) {
        assertThatThrownBy(() -> load(yaml, yaml.contains("secret") ? Map.of() : WITH_SECRET))
                .isInstanceOf(Misconfigured.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void productionRefusesToStartWithoutSecretAndMakesNothing() {
        assertThatThrownBy(() -> load("", Map.of()))
                .isInstanceOf(Misconfigured.class)
                .hasMessageContaining("JWT_SECRET");
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void workOnTheDatabaseNeedsNoSecret() throws IOException {
        var loaded = SettingsFile.loadForDatabase(sources("", Map.of(), Map.of()));

        assertThat(loaded.embedPostgres()).isTrue();
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void elsewhereTheSecretIsMadeUpOnceAndKeptForItsOwnerAlone() throws IOException {
        var first = load("mode: development", Map.of()).settings().access().secret();
        var second = load("mode: simulator", Map.of()).settings().access().secret();

        assertThat(first).hasSizeGreaterThanOrEqualTo(32).isEqualTo(second);
        var file = folder.resolve("data/secrets/access-secret");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void simulatorModeConfinesTheBrowser() throws IOException {
        var loaded = load("mode: simulator", Map.of());

        assertThat(loaded.simulate()).isTrue();
        assertThat(loaded.settings().whatsapp().browser().hostRules()).contains(SettingsFile.LOOPBACK_ONLY);
        assertThat(loaded.settings().database().migrateAtStart()).isTrue();
    }

    @Test
    void aFileThatWasAskedForMustBeThere() {
        var sources = new SettingsFile.Sources(folder, Optional.of(folder.resolve("no.yaml")), WITH_SECRET, Map.of());
        assertThatThrownBy(() -> SettingsFile.load(sources))
                .isInstanceOf(Misconfigured.class)
                .hasMessageContaining("--config");
    }

    private SettingsFile.Loaded load(String yaml, Map<String, String> environment) throws IOException {
        return SettingsFile.load(sources(yaml, environment, Map.of()));
    }

    private SettingsFile.Sources sources(String yaml, Map<String, String> environment, Map<String, String> options)
            throws IOException {
        Files.createDirectories(folder.resolve("conf"));
        Files.writeString(folder.resolve("conf/kurir.yaml"), yaml);
        return new SettingsFile.Sources(folder, Optional.empty(), environment, options);
    }
}
