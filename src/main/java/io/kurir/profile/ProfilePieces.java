package io.kurir.profile;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Cuts files into pieces and puts them together again; one piece at a time is in memory. Blocking. */
final class ProfilePieces {
    private ProfilePieces() {}

    /** Where a piece comes from, by its name. */
    interface From {
        byte[] plain(Buffer name) throws IOException;
    }

    static Manifest.Entry measured(String name, Path file, DeviceKey key) throws IOException {
        MessageDigest digest = sha256();
        List<Buffer> pieces = new ArrayList<>();
        long size = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (byte[] plain = in.readNBytes(Snapshots.PIECE);
                    plain.length > 0;
                    plain = in.readNBytes(Snapshots.PIECE)) {
                digest.update(plain);
                pieces.add(Buffer.buffer(key.name(plain)));
                size += plain.length;
            }
        }
        return new Manifest.Entry(name, size, Buffer.buffer(digest.digest()), List.copyOf(pieces));
    }

    /** The n-th piece, from 0. */
    static byte[] read(Path file, int n) throws IOException {
        long from = (long) n * Snapshots.PIECE;
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            byte[] plain = new byte[Math.clamp(in.length() - from, 0, Snapshots.PIECE)];
            in.seek(from);
            in.readFully(plain);
            return plain;
        }
    }

    /** Fails with {@link DamagedException} when what is written is not what was measured. */
    static void write(Path into, Manifest.Entry entry, From from) throws IOException {
        Path file = into.resolve(entry.name()).normalize();
        if (!file.startsWith(into)) {
            throw new DamagedException("it names a file outside of the profile");
        }
        Files.createDirectories(Optional.ofNullable(file.getParent()).orElse(into));
        MessageDigest digest = sha256();
        long size = 0;
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (Buffer name : entry.pieces()) {
                byte[] plain = from.plain(name);
                digest.update(plain);
                out.write(plain);
                size += plain.length;
            }
        }
        if (size != entry.size() || !Buffer.buffer(digest.digest()).equals(entry.sha256())) {
            throw new DamagedException(entry.name() + " is another one");
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
