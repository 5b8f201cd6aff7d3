package io.kurir.whatsapp.browser;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a browser that was left behind in a user data folder, by a killed JVM or by a stop that took too long. Chromium's {@code SingletonLock} is a link to {@code host-pid}; the process
 * is ended only if its command line names this very folder, since pids are used again.
 */
public final class Leftover {
    private static final Logger LOG = LoggerFactory.getLogger(Leftover.class);
    private static final List<String> SINGLETON = List.of("SingletonLock", "SingletonSocket", "SingletonCookie");
    private static final long END_SECONDS = 10;

    private Leftover() {}

    /** Ends the browsers that still run on the user data folders below; blocks. Answers how many folders were looked at. */
    public static int endAll(Path browsers) throws IOException {
        if (!Files.isDirectory(browsers)) {
            return 0;
        }
        int folders = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(browsers, Files::isDirectory)) {
            for (Path userData : all) {
                end(userData);
                folders++;
            }
        }
        return folders;
    }

    /** Blocking. */
    static void end(Path userData) throws IOException {
        Path lock = userData.resolve("SingletonLock");
        if (!Files.exists(lock, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Optional<ProcessHandle> browser = pid(lock).flatMap(ProcessHandle::of).filter(one -> uses(one, userData));
        if (browser.isPresent()) {
            LOG.warn(
                    "ending the browser {} that was left behind in {}",
                    browser.get().pid(),
                    userData);
            end(browser.get());
        }
        for (String name : SINGLETON) {
            Files.deleteIfExists(userData.resolve(name));
        }
    }

    private static Optional<Long> pid(Path lock) throws IOException {
        String target = Files.readSymbolicLink(lock).toString();
        String number = target.substring(target.lastIndexOf('-') + 1);
        return number.matches("\\d{1,10}") ? Optional.of(Long.parseLong(number)) : Optional.empty();
    }

    private static boolean uses(ProcessHandle process, Path userData) {
        try {
            byte[] line = Files.readAllBytes(Path.of("/proc", String.valueOf(process.pid()), "cmdline"));
            return List.of(new String(line, StandardCharsets.UTF_8).split("\0")).contains(userDataArgument(userData));
        } catch (IOException gone) {
            return false;
        }
    }

    static String userDataArgument(Path userData) {
        return "--user-data-dir=" + userData.toAbsolutePath().normalize();
    }

    private static void end(ProcessHandle browser) throws IOException {
        List<ProcessHandle> all =
                Stream.concat(browser.descendants(), Stream.of(browser)).toList();
        browser.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle process : all) {
            try {
                process.onExit().get(END_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while ending a browser", interrupted);
            } catch (ExecutionException | TimeoutException stays) {
                throw new IOException("the browser " + process.pid() + " does not end", stays);
            }
        }
    }
}
