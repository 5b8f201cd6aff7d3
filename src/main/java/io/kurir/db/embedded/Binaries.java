package io.kurir.db.embedded;

import io.kurir.Misconfigured;
import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import redis.embedded.core.ExecutableProvider;

/** Unpacks the programs of the class path, each once per data folder: in a folder beside, renamed when complete. */
final class Binaries {
    private static final int GROUP_OR_OTHER_WRITE = 022;

    private Binaries() {}

    static boolean complete(Path folder) {
        return Files.isDirectory(folder);
    }

    static Path unpackPostgres(Path folder) throws IOException {
        var fresh = fresh(folder);
        var machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        var system = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac") ? "Darwin" : "Linux";
        var hardware = machine.equals("amd64") ? "x86_64" : machine.equals("aarch64") ? "arm_64" : machine;
        try (var packed = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, hardware);
                var tar = new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(packed)))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(tar, entry, fresh);
            }
        } catch (IllegalStateException e) {
            throw new Misconfigured("There is no embedded PostgreSQL for " + system + " on " + machine
                    + ": start one yourself and name it by DATABASE_URL.");
        }
        return Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
    }

    static Path unpackRedis(Path folder) throws IOException {
        var fresh = fresh(folder);
        var unpacked =
                ExecutableProvider.newJarResourceProvider(fresh.toFile()).get().toPath();
        Files.move(unpacked, fresh.resolve("redis-server"));
        return Files.move(fresh, folder, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes a folder and all below it; nothing where there is none. */
    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var tree = Files.walk(folder)) {
            for (var path : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    private static Path fresh(Path folder) throws IOException {
        var fresh = folder.resolveSibling(folder.getFileName() + ".new");
        delete(fresh);
        return Files.createDirectories(fresh);
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path folder) throws IOException {
        var target = folder.resolve(entry.getName()).normalize();
        if (!target.startsWith(folder)) {
            throw new IOException("The archive leaves its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.resolveSibling("."));
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(tar, target);
        Files.setPosixFilePermissions(target, permissions(entry.getMode() & ~GROUP_OR_OTHER_WRITE));
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        var letters = new StringBuilder();
        for (int bit = 8; bit >= 0; bit--) {
            letters.append((mode >> bit & 1) == 1 ? "xwr".charAt(bit % 3) : '-');
        }
        return PosixFilePermissions.fromString(letters.toString());
    }
}
