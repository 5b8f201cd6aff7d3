package io.kurir.backup;

import io.kurir.Misconfigured;
import io.kurir.PassphraseCipher;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * The envelope: {@code KURIR-BACKUP-1} and a salt in the clear, then a ZIP, encrypted by {@link PassphraseCipher} and bound to the header. The
 * entries come in the order in which they are to be read: {@code manifest.json}, {@code tables/…}, {@code profiles/…}, {@code end.json}.
 */
final class BackupFile {
    private static final String MAGIC = "KURIR-BACKUP-1";

    private BackupFile() {}

    /** A new file that only its owner may read. Throws {@link Misconfigured} when there is one already. */
    static ZipOutputStream create(Path file, String passphrase) throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException there) {
            throw new Misconfigured(file + " is there already: name another file.");
        }
        OutputStream bytes = Files.newOutputStream(file);
        try {
            byte[] salt = PassphraseCipher.salt();
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeUTF(MAGIC);
            out.write(salt);
            return new ZipOutputStream(
                    PassphraseCipher.of(passphrase, salt).newEncryptingStream(out, header()), StandardCharsets.UTF_8);
        } catch (GeneralSecurityException impossible) {
            bytes.close();
            throw new IllegalStateException("AES-256-GCM", impossible);
        }
    }

    /** What {@link #create} wrote; reading fails with an IOException where the passphrase is wrong or the file was changed. */
    static ZipInputStream open(Path file, String passphrase) throws IOException {
        InputStream bytes = Files.newInputStream(file);
        try {
            DataInputStream in = new DataInputStream(bytes);
            requireMagic(in, file);
            byte[] salt = in.readNBytes(PassphraseCipher.SALT_BYTES);
            return new ZipInputStream(
                    PassphraseCipher.of(passphrase, salt).newDecryptingStream(in, header()), StandardCharsets.UTF_8);
        } catch (GeneralSecurityException unreadable) {
            bytes.close();
            throw new IOException(unreadable);
        } catch (IOException | RuntimeException unreadable) {
            bytes.close();
            throw unreadable;
        }
    }

    private static void requireMagic(DataInputStream in, Path file) {
        try {
            if (in.readUTF().equals(MAGIC)) {
                return;
            }
        } catch (IOException notOurs) {
            // told below
        }
        throw new Misconfigured(file + " is not a backup that `kurir backup` wrote.");
    }

    static Optional<ZipEntry> next(ZipInputStream zip) throws IOException {
        return Optional.ofNullable(zip.getNextEntry());
    }

    private static byte[] header() {
        return MAGIC.getBytes(StandardCharsets.UTF_8);
    }
}
