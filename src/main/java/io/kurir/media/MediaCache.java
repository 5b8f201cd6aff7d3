package io.kurir.media;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Files of the store on this machine's disk, named by their hash, so that browsers and the server can read them. May be deleted at any time
 * but for what was used in the last minutes: a page may be reading it. All methods block; safe for several threads.
 */
final class MediaCache {
    private static final Duration IN_USE = Duration.ofMinutes(15);

    private final Path folder;
    private final long most;

    /** {@code most} bytes are kept. */
    MediaCache(Path folder, long most) {
        this.folder = folder;
        this.most = most;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A name in the cache's folder that nobody else uses; what lies there is an unfinished file. */
    Path unfinished() throws IOException {
        Path made = Files.createTempFile(folder, "unfinished-", "");
        Files.delete(made);
        return made;
    }

    /** There, and marked as used. */
    Optional<Path> find(String hash) throws IOException {
        Path file = folder.resolve(hash);
        try {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            return Optional.of(file);
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
    }

    /** Takes the file over. */
    Path take(String hash, Path file) throws IOException {
        Path kept = folder.resolve(hash);
        try {
            Files.move(file, kept, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException same) {
            Files.deleteIfExists(file);
        }
        Files.setLastModifiedTime(kept, FileTime.from(Instant.now()));
        shrink();
        return kept;
    }

    private record Entry(Path path, long size, Instant used) {}

    /** Deletes what was not used for longest, until the rest fits; also what a killed run left unfinished. */
    private synchronized void shrink() throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (var files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                try {
                    entries.add(new Entry(
                            file,
                            Files.size(file),
                            Files.getLastModifiedTime(file).toInstant()));
                } catch (NoSuchFileException gone) {
                    // another thread has finished or deleted it
                }
            }
        }
        long total = entries.stream().mapToLong(Entry::size).sum();
        entries.sort(Comparator.comparing(Entry::used));
        Instant before = Instant.now().minus(IN_USE);
        for (Entry entry : entries) {
            boolean abandoned = entry.path().getFileName().toString().startsWith("unfinished-");
            if (entry.used().isBefore(before) && (total > most || abandoned)) {
                Files.deleteIfExists(entry.path());
                total -= entry.size();
            }
        }
    }

    /** Answers how many were deleted. */
    long deleteUnused(Instant before) throws IOException {
        return deleteUnused(folder, before);
    }

    static long deleteUnused(Path folder, Instant before) throws IOException {
        long deleted = 0;
        try (var files = Files.newDirectoryStream(folder, Files::isRegularFile)) {
            for (Path file : files) {
                try {
                    if (Files.getLastModifiedTime(file).toInstant().isBefore(before) && Files.deleteIfExists(file)) {
                        deleted++;
                    }
                } catch (NoSuchFileException gone) {
                    // its request has ended meanwhile
                }
            }
        }
        return deleted;
    }

    void delete(List<String> hashes) throws IOException {
        for (String hash : hashes) {
            Files.deleteIfExists(folder.resolve(hash));
        }
    }
}
