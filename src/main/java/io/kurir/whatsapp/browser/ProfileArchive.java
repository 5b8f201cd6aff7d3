package io.kurir.whatsapp.browser;

import io.kurir.Misconfigured;
import io.kurir.PassphraseCipher;
import io.kurir.whatsapp.Kept;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * A device's linked profile as one file that can be carried to another machine: a header in the clear ({@code KURIR-PROFILE-1}, device id, salt),
 * then a ZIP of the needed files, encrypted in pieces of 1 MiB with AES-256-GCM (Tink's streaming AEAD) under a key that Argon2id makes of the
 * passphrase. The header is authenticated with it. Whoever has the file and the passphrase has the account.
 *
 * <p>Blocking. No browser may have the profile open; the caller holds the data folder's lock.
 */
public final class ProfileArchive {
    private static final String MAGIC = "KURIR-PROFILE-1";
    /** What a link consists of, and the browser's record of where its databases are. The rest is cache or made anew. */
    static final List<String> NEEDED = List.of("Local Storage", "IndexedDB", "WebStorage", "Cookies");

    /** A profile of years has some 100 MB; more than this is not one of ours. */
    private static final long LARGEST = 4L << 30;

    private final Path browsers;
    private final ProfileFolders folders;

    /**
     * @param browsers the folder of all browsers of this node
     * @param shared where the nodes' folders are, of which {@code browsers} is one; empty: this node's alone
     */
    public ProfileArchive(Path browsers, Optional<Path> shared) {
        this.browsers = browsers;
        this.folders = new ProfileFolders(browsers.resolve("1"), shared);
    }

    /** Throws {@link Misconfigured} when the device has no profile here, a browser holds it, or the file is there already. */
    public void export(String deviceId, String passphrase, Path file) throws IOException {
        Path profile = newest(deviceId)
                .orElseThrow(() -> new Misconfigured("There is no profile of " + deviceId + " in " + browsers + "."))
                .folder();
        if (ProfileFolders.held(profile)) {
            throw new Misconfigured("A browser has the profile of " + deviceId + " open: stop Kurir first.");
        }
        byte[] salt = PassphraseCipher.salt();
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException there) {
            throw new Misconfigured(file + " is there already: name another file.");
        }
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
            out.writeUTF(MAGIC);
            out.writeUTF(deviceId);
            out.write(salt);
            OutputStream sealed =
                    PassphraseCipher.of(passphrase, salt).newEncryptingStream(out, header(deviceId, salt));
            try (ZipOutputStream zip = new ZipOutputStream(sealed, StandardCharsets.UTF_8)) {
                for (String name : NEEDED) {
                    pack(profile, profile.resolve(name), zip, "");
                }
            }
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("AES-256-GCM", impossible);
        }
    }

    private static void pack(Path root, Path from, ZipOutputStream zip, String prefix) throws IOException {
        if (!Files.exists(from)) {
            return;
        }
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                // an empty lock is made anew, and one that is copied could lock the copy
                if (!file.endsWith("LOCK")) {
                    zip.putNextEntry(new ZipEntry(prefix + root.relativize(file)));
                    Files.copy(file, zip);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /**
     * Makes the file's profile the device's only one, older than every epoch. Throws {@link Misconfigured} for a wrong passphrase or a damaged file, or
     * when {@code deviceId} is not the one that the file is of; then nothing is changed.
     *
     * @return the device that the file is of
     */
    public String restore(Optional<String> deviceId, String passphrase, Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            String owner = owner(in, file);
            if (!deviceId.map(owner::equals).orElse(true)) {
                throw new Misconfigured(file + " is the profile of " + owner + ", not of " + deviceId.orElse("") + ".");
            }
            byte[] salt = in.readNBytes(PassphraseCipher.SALT_BYTES);
            Path fresh = Files.createTempDirectory(Files.createDirectories(browsers), ".import-");
            InputStream opened = PassphraseCipher.of(passphrase, salt).newDecryptingStream(in, header(owner, salt));
            try (ZipInputStream zip = new ZipInputStream(opened, StandardCharsets.UTF_8)) {
                unpack(zip, fresh);
                opened.transferTo(OutputStream.nullOutputStream()); // to the end: so that a cut-off file is noticed
            } catch (IOException wrong) {
                ProfileFolders.delete(fresh);
                throw new Misconfigured(
                        "The passphrase is wrong, or " + file + " is damaged (" + wrong.getMessage() + ").");
            }
            replace(owner, fresh);
            return owner;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("AES-256-GCM", impossible);
        }
    }

    /**
     * Writes the newest profiles in this node's folder as entries {@code <prefix><browser>/<device>.<epoch>/…}; how many. Throws {@link Misconfigured} when a
     * browser holds one.
     */
    public int packAll(ZipOutputStream zip, String prefix) throws IOException {
        int packed = 0;
        for (ProfileFolders.Generation profile : new ProfileFolders(browsers.resolve("1"), Optional.empty()).newest()) {
            if (ProfileFolders.held(profile.folder())) {
                throw new Misconfigured(
                        "A browser has the profile of " + profile.deviceId() + " open: stop Kurir first.");
            }
            for (String name : NEEDED) {
                pack(browsers, profile.folder().resolve(name), zip, prefix);
            }
            packed++;
        }
        return packed;
    }

    /** Brings the file of an entry of {@link #packAll}, its name without the prefix, back. What is there already stays. */
    public void unpackOne(String name, InputStream in) throws IOException {
        Path file = browsers.resolve(name).normalize();
        if (!file.startsWith(browsers)) {
            throw new IOException("it names a file outside of the profiles");
        }
        if (!Files.exists(file)) {
            Files.createDirectories(Optional.ofNullable(file.getParent()).orElse(browsers));
            Files.copy(in, file);
        }
    }

    /** The device that the file is of, which is not secret. */
    public String owner(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            return owner(in, file);
        }
    }

    /** The epoch of the device's newest generation here; 0 where there is none. */
    public long epoch(String deviceId) throws IOException {
        return newest(deviceId).map(ProfileFolders.Generation::epoch).orElse(0L);
    }

    /** A link was made by hand in the newest generation here: it is the device's present profile, whatever was opened elsewhere before. */
    public void linked(String deviceId) throws IOException {
        folders.imported(deviceId);
    }

    private Optional<ProfileFolders.Generation> newest(String deviceId) throws IOException {
        return folders.newest(deviceId);
    }

    private static String owner(DataInputStream in, Path file) {
        try {
            if (in.readUTF().equals(MAGIC)) {
                return ProfileFolders.checked(in.readUTF());
            }
        } catch (IOException | IllegalArgumentException notOurs) {
            // told below
        }
        throw new Misconfigured(file + " is not a profile that `kurir profile export` wrote.");
    }

    private static void unpack(ZipInputStream zip, Path into) throws IOException {
        long left = LARGEST;
        for (Optional<ZipEntry> entry = next(zip); entry.isPresent(); entry = next(zip)) {
            Path file = into.resolve(entry.get().getName()).normalize();
            if (!file.startsWith(into)) {
                throw new IOException("it names a file outside of the profile");
            }
            Files.createDirectories(Optional.ofNullable(file.getParent()).orElse(into));
            left -= Files.copy(zip, file);
            if (left < 0) {
                throw new IOException("it is larger than any profile");
            }
        }
    }

    private static Optional<ZipEntry> next(ZipInputStream zip) throws IOException {
        return Optional.ofNullable(zip.getNextEntry());
    }

    private void replace(String deviceId, Path fresh) throws IOException {
        Path home = browsers.resolve("1");
        folders.wipe(deviceId);
        Files.createDirectories(home);
        Files.move(fresh, home.resolve(deviceId + "." + Kept.IMPORTED));
    }

    private static byte[] header(String deviceId, byte[] salt) {
        byte[] name = (MAGIC + "\n" + deviceId + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] header = java.util.Arrays.copyOf(name, name.length + salt.length);
        System.arraycopy(salt, 0, header, name.length, salt.length);
        return header;
    }
}
