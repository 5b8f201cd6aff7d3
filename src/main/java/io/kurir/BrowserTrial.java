package io.kurir;

import io.kurir.whatsapp.WhatsApp;
import io.kurir.whatsapp.browser.Chromium;
import io.kurir.whatsapp.browser.Executable;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The browser that a node would use, to be tried without one. It reaches nothing but this machine. */
public final class BrowserTrial {
    /** The major version that Kurir is tested with. */
    public static final int TESTED = Executable.TESTED;

    private final Settings.Browser settings;

    public BrowserTrial(Settings.Browser settings) {
        this.settings = settings;
    }

    /** Empty where none is named or installed; a node would then use Playwright's own. */
    public Optional<Path> executable() {
        return Executable.find(settings.executable());
    }

    /** What it says of itself; empty where it says nothing. */
    public String version(Path executable) throws IOException, InterruptedException {
        return Executable.version(executable);
    }

    /** Starts it with an empty folder for its profiles; pages open {@code at}. */
    public Future<WhatsApp> start(Vertx vertx, Path folder, URI at) {
        return Chromium.launch(
                        vertx,
                        new Chromium.Options(
                                folder,
                                Optional.empty(),
                                at,
                                settings.executable(),
                                settings.sandbox(),
                                Optional.of(SettingsFile.LOOPBACK_ONLY),
                                settings.openTimeout(),
                                List.of(),
                                Optional.empty(),
                                false),
                        new SimpleMeterRegistry())
                .map(Function.identity());
    }
}
