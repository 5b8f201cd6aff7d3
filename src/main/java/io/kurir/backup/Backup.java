package io.kurir.backup;

import io.kurir.Misconfigured;
import io.kurir.Settings;
import io.kurir.db.Dump;
import io.kurir.db.Dumped;
import io.kurir.db.Load;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Writes and reads backups. Rows are streamed: memory does not grow with the database. Who has the file and the passphrase has everything but what
 * is sealed with {@code access.secret}, which is not in it. Blocking.
 */
public final class Backup {
    private static final String MANIFEST = "manifest.json";
    private static final String TABLES = "tables/";
    private static final String PROFILES = "profiles/";
    private static final String END = "end.json";
    /** Of a JSON entry. */
    private static final int LARGEST = 16 << 20;

    /** Profiles that lie on this machine's disk. */
    public interface Profiles {
        /** Writes each file as an entry whose name begins with {@code prefix}; how many devices there were. */
        int pack(ZipOutputStream zip, String prefix) throws IOException;

        /** Brings the file of one such entry, its name without the prefix, back to where it was. */
        void unpack(String name, InputStream in) throws IOException;
    }

    /** Where the files of the profiles are not ours to read or write: another process has them. */
    public static final Profiles NO_PROFILES = new Profiles() {
        @Override
        public int pack(ZipOutputStream zip, String prefix) {
            return 0;
        }

        @Override
        public void unpack(String name, InputStream in) {}
    };

    /**
     * What was written or read.
     *
     * @param rows of all tables
     * @param profiles devices with files beside the database
     */
    public record Done(Manifest manifest, long rows, int profiles) {}

    private final Settings.Database database;
    private final String passphrase;

    public Backup(Settings.Database database, String passphrase) {
        this.database = database;
        this.passphrase = passphrase;
    }

    /** Writes a new file. Nodes may go on meanwhile; a file that is not complete is removed. */
    public Done write(Path file, String program, Profiles profiles) throws IOException, SQLException {
        try (Dump dump = Dump.open(database)) {
            Manifest manifest = new Manifest(Instant.now().truncatedTo(ChronoUnit.MILLIS), program, dump.dumped());
            ZipOutputStream zip = BackupFile.create(file, passphrase);
            try (zip) {
                json(zip, MANIFEST, manifest.json());
                Map<String, Long> rows = tables(dump, zip);
                int devices = profiles.pack(zip, PROFILES);
                json(zip, END, new JsonObject(new TreeMap<>(rows)));
                return new Done(manifest, sum(rows), devices);
            } catch (IOException | SQLException | RuntimeException e) {
                Files.deleteIfExists(file);
                throw e;
            }
        }
    }

    private static Map<String, Long> tables(Dump dump, ZipOutputStream zip) throws IOException, SQLException {
        Map<String, Long> rows = new TreeMap<>();
        for (Dumped.Table table : dump.dumped().tables()) {
            zip.putNextEntry(new ZipEntry(TABLES + table.name()));
            rows.put(table.name(), dump.copy(table, new Open(zip)));
            zip.closeEntry();
        }
        return rows;
    }

    /** Not closed by whoever writes one entry. */
    private static final class Open extends OutputStream {
        private final OutputStream out;

        Open(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }
    }

    private static void json(ZipOutputStream zip, String name, JsonObject json) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(json.encode().getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }

    private static long sum(Map<String, Long> rows) {
        return rows.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Reads the file to its end, so that one that is damaged is refused before anything is changed. */
    public Manifest verify(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw new Misconfigured("Cannot read " + file + ".");
        }
        try (ZipInputStream zip = BackupFile.open(file, passphrase)) {
            Manifest manifest = manifest(zip);
            boolean complete = false;
            for (Optional<ZipEntry> entry = BackupFile.next(zip); entry.isPresent(); entry = BackupFile.next(zip)) {
                complete = entry.get().getName().equals(END);
                zip.transferTo(OutputStream.nullOutputStream());
            }
            if (!complete) {
                throw new IOException("its end is missing");
            }
            return manifest;
        } catch (IOException wrong) {
            throw new Misconfigured(
                    "The passphrase is wrong, or " + file + " is damaged (" + wrong.getMessage() + ").");
        }
    }

    private static Manifest manifest(ZipInputStream zip) throws IOException {
        if (BackupFile.next(zip)
                .filter(entry -> entry.getName().equals(MANIFEST))
                .isEmpty()) {
            throw new IOException("it does not begin with " + MANIFEST);
        }
        JsonObject json = json(zip);
        if (json.getInteger("format", 0) != Manifest.FORMAT) {
            throw new Misconfigured("The backup has format " + json.getInteger("format", 0)
                    + ", which this Kurir does not know: use the one that wrote it, or a newer one.");
        }
        return Manifest.read(json);
    }

    private static JsonObject json(ZipInputStream zip) throws IOException {
        return new JsonObject(new String(zip.readNBytes(LARGEST), StandardCharsets.UTF_8));
    }

    /**
     * Puts the file's content into the database, which is fenced from then on.
     *
     * @param replace what is in the database goes
     * @throws Misconfigured the file cannot be read, or the database is not empty; nothing is changed
     */
    public Done restore(Path file, boolean replace, Profiles profiles) throws IOException, SQLException {
        Manifest manifest = verify(file);
        Map<String, Dumped.Table> tables = new TreeMap<>();
        manifest.dumped().tables().forEach(table -> tables.put(table.name(), table));
        try (Load load = Load.into(database, manifest.dumped(), replace);
                ZipInputStream zip = BackupFile.open(file, passphrase)) {
            Map<String, Long> rows = new TreeMap<>();
            java.util.Set<String> devices = new java.util.TreeSet<>();
            for (Optional<ZipEntry> entry = BackupFile.next(zip); entry.isPresent(); entry = BackupFile.next(zip)) {
                String name = entry.get().getName();
                if (name.startsWith(TABLES)) {
                    Dumped.Table table = known(tables, name.substring(TABLES.length()));
                    rows.put(table.name(), load.copy(table, zip));
                } else if (name.startsWith(PROFILES)) {
                    String path = name.substring(PROFILES.length());
                    devices.add(path.split("/", 3)[1]);
                    profiles.unpack(path, zip);
                } else if (name.equals(END)) {
                    requireAll(json(zip), rows);
                }
            }
            load.finish(manifest.at());
            return new Done(manifest, sum(rows), devices.size());
        }
    }

    private static Dumped.Table known(Map<String, Dumped.Table> tables, String name) throws IOException {
        return Optional.ofNullable(tables.get(name)).orElseThrow(() -> new IOException("no table " + name));
    }

    private static void requireAll(JsonObject written, Map<String, Long> rows) throws IOException {
        for (String table : written.fieldNames()) {
            if (!written.getLong(table).equals(rows.get(table))) {
                throw new IOException("the backup has " + written.getLong(table) + " rows of " + table
                        + ", restored were " + rows.get(table));
            }
        }
    }
}
