package io.kurir.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What processes cost, as Linux counts it in {@code /proc}. A process that ends meanwhile counts nothing. */
final class Processes {
    private static final double TICKS_PER_SECOND = 100;

    private Processes() {}

    /** A process and all below it. */
    static List<ProcessHandle> tree(ProcessHandle root) {
        return Stream.concat(Stream.of(root), root.descendants()).toList();
    }

    static boolean isBrowser(ProcessHandle process) {
        return name(process).filter(name -> name.contains("chrom")).isPresent();
    }

    static boolean isNode(ProcessHandle process) {
        return name(process).filter(name -> name.startsWith("node")).isPresent();
    }

    private static Optional<String> name(ProcessHandle process) {
        return process.info()
                .command()
                .map(command -> String.valueOf(Path.of(command).getFileName()));
    }

    /** Seconds of CPU that the tree's processes of this kind have used so far. */
    static double cpuSeconds(ProcessHandle root, Predicate<ProcessHandle> kind) {
        return tree(root).stream()
                .filter(kind)
                .mapToDouble(Processes::cpuSeconds)
                .sum();
    }

    private static double cpuSeconds(ProcessHandle process) {
        String line = read(process, "stat");
        if (line.isEmpty()) {
            return 0;
        }
        // behind the name, which may contain spaces: utime and stime are the 14th and 15th field of the line
        String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
    }

    /** Proportional set size in MiB: memory that several processes share is split among them. */
    static double pssMiB(ProcessHandle root, Predicate<ProcessHandle> kind) {
        return tree(root).stream().filter(kind).mapToDouble(Processes::pssMiB).sum();
    }

    private static double pssMiB(ProcessHandle process) {
        return read(process, "smaps_rollup")
                .lines()
                .filter(line -> line.startsWith("Pss:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
                .sum();
    }

    private static String read(ProcessHandle process, String file) {
        return text(Path.of("/proc", Long.toString(process.pid()), file));
    }

    /** Empty when the file is not there. */
    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException gone) {
            return "";
        } catch (IOException fault) {
            // a process that ends while it is read
            if (file.startsWith("/proc")) {
                return "";
            }
            throw new UncheckedIOException(fault);
        }
    }

    /** What is still there is killed; returns when all are gone, and with them the files that they wrote. */
    static void end(List<ProcessHandle> processes) {
        processes.forEach(ProcessHandle::destroyForcibly);
        processes.forEach(ended -> ended.onExit().join());
    }

    /** A process's output, line by line. */
    static BufferedReader lines(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }
}
