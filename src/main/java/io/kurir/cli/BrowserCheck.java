package io.kurir.cli;

import io.kurir.BrowserTrial;
import io.kurir.Settings;
import io.kurir.simulator.Simulator;
import io.kurir.whatsapp.PageEvent;
import io.kurir.whatsapp.WhatsApp;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The browser, and our bridge in a page of a simulated WhatsApp Web that is started for it: as far as one gets without WhatsApp. */
final class BrowserCheck {
    private static final Duration STARTS = Duration.ofSeconds(60);
    private static final Duration STOPS = Duration.ofSeconds(15);
    private static final Pattern MAJOR = Pattern.compile("\\b(\\d{2,4})\\.\\d");
    private static final Pattern WA_JS = Pattern.compile("wa-js v([\\w.-]+)");
    private static final String INSTALL =
            "Install Chrome or Chromium (Debian: apt-get install chromium), or set CHROME_PATH.";

    private final BrowserTrial trial;
    private final Findings findings;

    BrowserCheck(Settings.Browser settings, Findings findings) {
        this.trial = new BrowserTrial(settings);
        this.findings = findings;
    }

    /** {@code folder} gets the profile. */
    void run(Path folder) throws Exception {
        var executable = trial.executable();
        if (executable.isEmpty()) {
            findings.fail("browser", "none is installed", INSTALL);
            return;
        }
        try {
            var version = trial.version(executable.get());
            findings.ok("browser", (version.isEmpty() ? "of an unknown version" : version) + " at " + executable.get());
            old(version);
        } catch (IOException e) {
            findings.fail("browser", executable.get() + " cannot be run: " + e.getMessage(), INSTALL);
            return;
        }
        var vertx = Vertx.vertx();
        try {
            open(vertx, folder);
        } finally {
            Node.await(vertx.close(), STOPS);
        }
    }

    private void old(String version) {
        Matcher major = MAJOR.matcher(version);
        if (!major.find()) {
            return;
        }
        int number = Integer.parseInt(major.group(1));
        if (number == 150) {
            findings.fail("browser", "150 closes pages as they open", "Install another version.");
        } else if (number < BrowserTrial.TESTED) {
            findings.warn(
                    "browser", "older than " + BrowserTrial.TESTED + ", which Kurir is tested with", "Update it.");
        }
    }

    private void open(Vertx vertx, Path folder) throws Exception {
        var simulator = Node.await(Simulator.start(vertx, new Simulator.Options()), STARTS);
        try {
            var begin = System.nanoTime();
            Future<WhatsApp> starting = trial.start(vertx, folder.resolve("browsers"), URI.create(simulator.url()));
            WhatsApp browser;
            try {
                browser = Node.await(starting, STARTS);
            } catch (Exception e) {
                findings.fail(
                        "browser",
                        "does not start: " + first(e),
                        "As root it needs whatsapp.browser.sandbox: false; else start it by hand and read what it says.");
                return;
            }
            try {
                page(browser, begin);
            } finally {
                Node.await(browser.close(), STOPS);
            }
        } finally {
            Node.await(simulator.close(), STOPS);
        }
    }

    private void page(WhatsApp browser, long begin) throws Exception {
        Promise<String> qr = Promise.promise();
        try {
            Node.await(
                    browser.open("doctor", 1, () -> STARTS, event -> {
                        if (event instanceof PageEvent.QrCode code) {
                            qr.tryComplete(code.code());
                        }
                    }),
                    STARTS);
            Node.await(qr.future(), STARTS);
            findings.ok(
                    "bindings",
                    "wa-js %s finds what it needs in a page and shows a QR code, %.1f s after the browser was started"
                            .formatted(waJs(), (System.nanoTime() - begin) / 1e9));
        } catch (Exception e) {
            findings.fail(
                    "bindings",
                    "wa-js " + waJs() + " does not come up in a page: " + first(e),
                    "Look at the browser's version; if the machine is slow, raise whatsapp.browser.open-timeout.");
        }
    }

    /** The version is in a comment at its beginning. */
    private static String waJs() throws IOException {
        try (InputStream in = BrowserCheck.class.getResourceAsStream("/bridge/wa-js.js")) {
            if (in == null) {
                return "(missing)";
            }
            Matcher version = WA_JS.matcher(new String(in.readNBytes(500), StandardCharsets.UTF_8));
            return version.find() ? version.group(1) : "(unknown)";
        }
    }

    private static String first(Exception e) {
        return String.valueOf(e.getMessage())
                .lines()
                .findFirst()
                .orElse(e.getClass().getSimpleName());
    }
}
