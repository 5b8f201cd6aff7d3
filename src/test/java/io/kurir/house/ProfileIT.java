package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kurir.Misconfigured;
import io.kurir.Profiles;
import io.kurir.Settings;
import io.kurir.SettingsFile;
import io.kurir.proxy.TestProxy;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device is linked on one machine and runs on another. */
class ProfileIT {
    private static final String DEVICE = "carried-1";
    private static final String PHONE = "6281100000777";
    private static final String PASSPHRASE = "a passphrase for this test";

    @TempDir
    static Path folder;

    private Optional<House> house = Optional.empty();

    @AfterEach
    void close() throws Exception {
        if (house.isPresent()) {
            house.get().close();
        }
    }

    private static Settings settings(House house, String data) {
        Map<String, String> environment = Map.of(
                "KURIR_MODE", "simulator",
                "KURIR_DATA", folder.resolve(data).toString(),
                "DATABASE_URL", house.databases.databaseUrl(),
                "KURIR_WHATSAPP_BASE_URL", house.simulator.url());
        return SettingsFile.loadForDatabase(
                        new SettingsFile.Sources(Path.of("").toAbsolutePath(), Optional.empty(), environment, Map.of()))
                .settings();
    }

    @Test
    void aProfileLinkedElsewhereConnectsWithoutAQrCode() throws Exception {
        House here = new House(folder.resolve("server"), Map.of());
        house = Optional.of(here);
        here.phone("POST", "/api/phones", new JsonObject().put("phone", PHONE));
        here.phone("PUT", "/api/knobs", new JsonObject().put("refTtlMs", 700).put("refMax", 2));
        Profiles desktop = new Profiles(settings(here, "desktop"));
        AtomicInteger codes = new AtomicInteger();
        try (TestProxy proxy = new TestProxy(here.vertx, "me", "secret")) {
            House.get(desktop.link(
                    here.vertx,
                    DEVICE,
                    false,
                    Optional.of(proxy.with(Optional.of("me"), Optional.of("secret"))),
                    qr -> {
                        if (codes.incrementAndGet() > 3) { // the page shows two and then asks to be asked
                            here.simulator.control(
                                    "POST", "/api/phones/" + PHONE + "/scan", new JsonObject().put("qr", qr));
                        }
                    }));
            assertThat(proxy.asked)
                    .isNotEmpty()
                    .containsOnly(
                            "127.0.0.1:" + URI.create(here.simulator.url()).getPort());
        }

        Path file = folder.resolve("carried.kurir");
        desktop.export(DEVICE, PASSPHRASE, file);
        assertThat(Files.getPosixFilePermissions(file))
                .hasToString("[OWNER_READ, OWNER_WRITE]")
                .hasSize(2);
        assertThatThrownBy(() -> desktop.export(DEVICE, PASSPHRASE, file)).isInstanceOf(Misconfigured.class);

        Profiles server = new Profiles(settings(here, "server"));
        refused(here, server, Optional.empty(), "the wrong passphrase", file, "passphrase is wrong");
        refused(here, server, Optional.of("another-1"), PASSPHRASE, file, "not of another-1");
        refused(here, server, Optional.empty(), PASSPHRASE, damaged(file, -1), "is damaged");
        refused(here, server, Optional.empty(), PASSPHRASE, damaged(file, 5), "not a profile");
        assertThat(here.rows("device")).isZero();

        assertThat(House.get(server.restore(here.vertx, Optional.of(DEVICE), PASSPHRASE, file)))
                .isEqualTo(DEVICE);
        JsonObject status = here.until(DEVICE, now -> now.getBoolean("isConnected"));
        assertThat(status.getString("phoneNumber")).isEqualTo(PHONE);
        assertThatThrownBy(() -> House.get(server.restore(here.vertx, Optional.empty(), PASSPHRASE, file)))
                .hasMessageContaining("A node runs " + DEVICE);
    }

    private static Path damaged(Path file, int at) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        int byteAt = at < 0 ? bytes.length + at : at;
        bytes[byteAt] ^= 1;
        return Files.write(folder.resolve("damaged" + at), bytes);
    }

    private static void refused(
            House house, Profiles profiles, Optional<String> device, String passphrase, Path file, String words) {
        assertThatThrownBy(() -> House.get(profiles.restore(house.vertx, device, passphrase, file)))
                .hasRootCauseInstanceOf(Misconfigured.class)
                .hasMessageContaining(words);
    }
}
