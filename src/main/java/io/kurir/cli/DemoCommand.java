package io.kurir.cli;

import io.kurir.Secrets;
import io.kurir.SettingsFile;
import io.kurir.SettingsFile.Loaded;
import io.kurir.cli.demo.Demo;
import io.kurir.cli.demo.Guide;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code kurir demo}: everything on this machine, with two linked devices, until a signal. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Start everything on loopback with a simulated WhatsApp and two linked devices.")
final class DemoCommand implements Callable<Integer> {
    private static final String EMAIL = "admin@example.com";

    @Mixin
    private Where where = new Where();

    @Option(names = "--port", paramLabel = "N", defaultValue = "3000", description = "The port of the HTTP API (3000).")
    private int port;

    @Option(
            names = "--simulator-port",
            paramLabel = "N",
            defaultValue = "3080",
            description = "The simulator's (3080).")
    private int simulatorPort;

    @Override
    public Integer call() throws Exception {
        var stop = Stop.here();
        var console = Console.standard();
        System.out.println("Kurir demo");
        try (var node = Node.start(settings(), simulatorPort, console)) {
            var settings = node.settings();
            var access = settings.access();
            var url = settings.http().publicUrl();
            var simulator = settings.whatsapp().baseUrl();
            var key = access.adminApiKey().orElseThrow();
            new Demo(url, key, simulator, System.out).link(console);
            var email = access.adminEmail().orElseThrow();
            System.out.println(
                    new Guide(url, simulator, email, access.adminPassword().orElseThrow(), key).text());
            stop.await();
            System.out.println("\nStopping …");
        }
        System.out.println("Stopped.");
        return 0;
    }

    /** The admin is what the settings say, and else made up once: the second start must print what still works. */
    private Loaded settings() {
        var options = new HashMap<String, String>(Map.of(
                "mode", "simulator",
                "roles", "http,worker,scheduler",
                "http.host", "127.0.0.1",
                "http.port", String.valueOf(port),
                "http.public-url", "http://127.0.0.1:" + port));
        var given = SettingsFile.load(where.sources(options)).settings();
        var secrets = new Secrets(given.data());
        var access = given.access();
        if (access.adminEmail().isEmpty()) {
            options.put("access.admin-email", EMAIL);
        }
        if (access.adminPassword().isEmpty()) {
            options.put("access.admin-password", secrets.keep("admin-password", () -> Secrets.random(12)));
        }
        if (access.adminApiKey().isEmpty()) {
            options.put("access.admin-api-key", secrets.keep("admin-api-key", () -> "kurir_" + Secrets.random(24)));
        }
        return SettingsFile.load(where.sources(options));
    }
}
