package io.kurir.crash;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Kurir as a process of its own, started with the same words as {@code bin/kurir} uses. Used by one thread. */
final class KurirProcess {
    private final Path data;
    private final Path log;
    private final Map<String, String> environment;
    private Optional<Process> process = Optional.empty();

    KurirProcess(Path data, Path log, Map<String, String> environment) {
        this.data = data;
        this.log = log;
        this.environment = environment;
        // A test run that is cut off must not leave a node behind that holds the data folder.
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> process.filter(Process::isAlive).ifPresent(Process::destroyForcibly)));
    }

    void start() throws IOException {
        Path home = Path.of("").toAbsolutePath();
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "@" + home.resolve("conf/jvm.options"),
                "-Dkurir.home=" + home,
                "-cp",
                classPath(),
                "io.kurir.Main",
                "start",
                "--simulator"));
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        process = Optional.of(builder.start());
    }

    /** Surefire hides the real one in a jar that goes with the test run. */
    private static String classPath() {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return String.join(
                File.pathSeparator,
                List.of(all.split(File.pathSeparator)).stream()
                        .filter(entry -> !entry.endsWith("test-classes"))
                        .toList());
    }

    Process process() {
        return process.orElseThrow();
    }

    void kill() throws InterruptedException {
        process().destroyForcibly().waitFor();
    }

    /** SIGTERM. @return the exit code */
    int stop(Duration patience) throws InterruptedException {
        process().destroy();
        if (!process().waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            kill();
            throw new AssertionError("SIGTERM did not end Kurir within " + patience.toSeconds() + " s");
        }
        return process().exitValue();
    }

    /** SIGSTOP: no thread of it runs until {@link #thaw}. */
    void freeze() throws IOException, InterruptedException {
        signal("-STOP");
    }

    void thaw() throws IOException, InterruptedException {
        signal("-CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        int result = new ProcessBuilder("kill", name, String.valueOf(process().pid()))
                .inheritIO()
                .start()
                .waitFor();
        if (result != 0) {
            throw new IOException("kill " + name + " ended with " + result);
        }
    }

    /** The main process of the device's Chromium, by the lock in its user data folder; each start of one has a folder of its own. */
    ProcessHandle browser() throws IOException {
        try (var folders = Files.list(data.resolve("browsers"))) {
            return folders.map(folder -> folder.resolve("SingletonLock"))
                    .filter(Files::isSymbolicLink)
                    .flatMap(lock -> ProcessHandle.of(pid(lock)).stream())
                    .findFirst()
                    .orElseThrow(() -> new IOException("no browser runs"));
        }
    }

    private static long pid(Path lock) {
        try {
            String target = Files.readSymbolicLink(lock).toString();
            return Long.parseLong(target.substring(target.lastIndexOf('-') + 1));
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /** {@code kill -9}, if it runs. */
    void endAtOnce() {
        process.filter(Process::isAlive).ifPresent(Process::destroyForcibly);
    }

    /** Whatever state it is in. */
    void end() {
        if (process.filter(Process::isAlive).isPresent()) {
            process().destroy();
            try {
                if (!process().waitFor(15, TimeUnit.SECONDS)) {
                    kill();
                }
            } catch (InterruptedException interrupted) {
                process().destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
