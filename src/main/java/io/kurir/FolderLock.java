package io.kurir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Says that a folder is in use by this process. The kernel gives it back at the process' death, also by {@code kill -9}, so that
 * whoever holds it may treat everything that still lives in the folder as left behind.
 */
public final class FolderLock implements AutoCloseable {
    private final FileChannel channel;

    private FolderLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock {@code name} in the folder, which is made when it is missing.
     *
     * @throws Misconfigured when another process, or another part of this one, holds it or the folder cannot be written
     */
    public static FolderLock take(Path folder, String name) {
        try {
            Files.createDirectories(folder);
            var channel = FileChannel.open(folder.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel).isEmpty()) {
                channel.close();
                throw new Misconfigured("Another Kurir is running on the data in " + folder
                        + ": stop it first, or give this one a folder of its own with --data.");
            }
            return new FolderLock(channel);
        } catch (IOException e) {
            throw new Misconfigured("Cannot write to the data folder " + folder + " (" + e.getMessage()
                    + "): make it writable or name another one with --data.");
        }
    }

    private static Optional<FileLock> tryLock(FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock());
        } catch (OverlappingFileLockException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
