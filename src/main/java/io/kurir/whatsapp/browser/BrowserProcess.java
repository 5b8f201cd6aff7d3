package io.kurir.whatsapp.browser;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** One browser as Playwright starts and ends it. {@link #start} and {@link #end} run on Playwright's thread, the rest blocks. */
record BrowserProcess(BrowserContext context, Path executable) {

    /** Makes the folder and ends what a killed JVM left behind in it. */
    static Path prepare(Path userData) throws IOException {
        Files.createDirectories(userData);
        Leftover.end(userData);
        Files.deleteIfExists(userData.resolve("DevToolsActivePort"));
        return userData;
    }

    static BrowserProcess start(Playwright playwright, PlaywrightDriver driver, Chromium.Options options) {
        BrowserType chromium = playwright.chromium();
        Path executable = Executable.find(options.executable()).orElseGet(() -> Path.of(chromium.executablePath()));
        BrowserContext context = chromium.launchPersistentContext(
                options.userData().toAbsolutePath().normalize(),
                new BrowserType.LaunchPersistentContextOptions()
                        .setHeadless(false)
                        .setExecutablePath(executable)
                        .setChromiumSandbox(options.sandbox())
                        .setViewportSize(null)
                        .setHandleSIGINT(false)
                        .setHandleSIGTERM(false)
                        .setHandleSIGHUP(false)
                        .setArgs(Flags.first(options)));
        driver.pump(context);
        return new BrowserProcess(context, executable);
    }

    /** Where it listens for DevTools, on a port that it chose. */
    static URI devTools(Path userData) throws IOException {
        List<String> lines = Files.readAllLines(userData.resolve("DevToolsActivePort"));
        return URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1));
    }

    /** Its process id, by the lock in its user data folder. */
    static long pid(Path userData) throws IOException {
        String lock = Files.readSymbolicLink(userData.resolve("SingletonLock")).toString();
        return Long.parseLong(lock.substring(lock.lastIndexOf('-') + 1));
    }

    boolean end() {
        context.close();
        return true;
    }
}
