package io.kurir.whatsapp.browser;

import io.kurir.whatsapp.Kept;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the devices' profiles lie: {@code <browsers>/<browser>/<deviceId>.<epoch>}, where {@code <browsers>} is a node's own; on a shared volume
 * {@code <shared>/<node>/<browser>/<deviceId>.<epoch>}. A browser's folder holds several devices; a device moves between them, and on a shared volume between
 * the nodes' too: a rename there is atomic, so of a generation there is one copy only, and who renames it has it. Each opening has its own folder name, so that a browser that still holds an older one never sees it replaced: the newest
 * older generation is renamed to the new name, once no browser holds it.
 *
 * <p>Blocking; not on an event loop.
 */
final class ProfileFolders {
    private static final Logger LOG = LoggerFactory.getLogger(ProfileFolders.class);
    private static final Pattern DEVICE_ID = Pattern.compile("[a-zA-Z0-9_-]{3,50}");
    private static final Pattern GENERATION = Pattern.compile("([a-zA-Z0-9_-]{3,50})\\.(\\d{1,19})");

    /** A profile of which no Local Storage exists yet has never been used. */
    private static final String LOCK = "Local Storage/leveldb/LOCK";

    /** Begins as no generation does. */
    private static final String DRAFT = ".draft-";

    private final Path home;
    private final Optional<Path> shared;

    /**
     * @param home one browser's user data folder; its siblings are the other browsers of this node
     * @param shared the folder of all nodes' folders, if they have one; {@code home} is two levels below
     */
    ProfileFolders(Path home, Optional<Path> shared) {
        this.home = home.toAbsolutePath().normalize();
        this.shared = shared;
    }

    record Generation(Path folder, String deviceId, long epoch) {}

    /**
     * Names the folder for this opening, with the device's kept profile in it if there is one. Chromium makes it if it does not exist.
     *
     * @throws ProfileInUseException a browser holds the newest generation
     */
    Path claim(String deviceId, long epoch) throws IOException {
        Path folder = home.resolve(checked(deviceId) + "." + epoch);
        if (Files.exists(folder)) {
            return folder;
        }
        Optional<Generation> newest = newest(deviceId);
        if (newest.isPresent()) {
            if (newest.get().epoch() > epoch) {
                throw new IOException("the profile of " + deviceId + " is of epoch "
                        + newest.get().epoch() + ", newer than " + epoch);
            }
            if (held(newest.get().folder())) {
                throw new ProfileInUseException(newest.get().folder());
            }
            Files.createDirectories(home);
            Files.move(newest.get().folder(), folder, StandardCopyOption.ATOMIC_MOVE);
            prune(deviceId, folder);
        }
        return folder;
    }

    /** As {@link #claim(String, long)}, unless the newest generation is older than the last opening that was written down, or there is none. */
    Kept claim(String deviceId, long epoch, long opened) throws IOException {
        OptionalLong newest = generations(checked(deviceId)).stream()
                .mapToLong(Generation::epoch)
                .max();
        Kept kept = Kept.of(newest, opened);
        if (kept instanceof Kept.Current) {
            claim(deviceId, epoch);
        }
        return kept;
    }

    /** A browser may write crumbs under an older name after the move: late tasks of a profile that it has closed. */
    private void prune(String deviceId, Path kept) throws IOException {
        for (Generation generation : generations(deviceId)) {
            if (!generation.folder().equals(kept) && !held(generation.folder())) {
                try {
                    delete(generation.folder());
                } catch (NoSuchFileException | DirectoryNotEmptyException stillWriting) {
                    LOG.debug("left for the next opening: {}", generation.folder(), stillWriting);
                }
            }
        }
    }

    /**
     * The files of the newest generation that a link consists of, by their names in it; without locks, which are made anew.
     *
     * @throws ProfileInUseException a browser holds it
     */
    Map<String, Path> files(String deviceId) throws IOException {
        Optional<Generation> newest = newest(deviceId);
        Map<String, Path> files = new TreeMap<>();
        if (newest.isEmpty()) {
            return files;
        }
        Path profile = newest.get().folder();
        if (held(profile)) {
            throw new ProfileInUseException(profile);
        }
        for (String name : ProfileArchive.NEEDED) {
            Path from = profile.resolve(name);
            if (Files.exists(from)) {
                try (Stream<Path> all = Files.walk(from)) {
                    all.filter(file -> Files.isRegularFile(file) && !file.endsWith("LOCK"))
                            .forEach(file -> files.put(
                                    profile.relativize(file).toString().replace('\\', '/'), file));
                }
            }
        }
        return files;
    }

    /** An empty folder for a profile of the device that is to be put together; one that a killed run left is removed. */
    Path draft(String deviceId) throws IOException {
        Path draft = home.resolve(DRAFT + checked(deviceId));
        discard(draft);
        return Files.createDirectories(draft);
    }

    /** What is not there is as good as removed. */
    Path discard(Path draft) throws IOException {
        if (Files.exists(draft)) {
            delete(draft);
        }
        return draft;
    }

    /**
     * Makes the draft the device's only generation.
     *
     * @throws ProfileInUseException a browser holds another one
     */
    Path install(String deviceId, long epoch, Path draft) throws IOException {
        wipe(deviceId);
        return Files.move(draft, home.resolve(checked(deviceId) + "." + epoch), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Makes the newest generation the one that came by hand; see {@link Kept#IMPORTED}. No browser may have it. */
    void imported(String deviceId) throws IOException {
        Path folder = home.resolve(checked(deviceId) + "." + Kept.IMPORTED);
        Optional<Generation> newest = newest(deviceId).filter(one -> one.epoch() != Kept.IMPORTED);
        if (newest.isPresent()) {
            for (Generation older : generations(deviceId)) {
                if (!older.equals(newest.get())) {
                    delete(older.folder());
                }
            }
            Files.move(newest.get().folder(), folder, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Removes every generation. @throws ProfileInUseException a browser holds one */
    void wipe(String deviceId) throws IOException {
        for (Generation generation : generations(checked(deviceId))) {
            if (held(generation.folder())) {
                throw new ProfileInUseException(generation.folder());
            }
            try {
                delete(generation.folder());
            } catch (NoSuchFileException | DirectoryNotEmptyException stillWriting) {
                throw new ProfileInUseException(generation.folder());
            }
        }
    }

    /**
     * Whether a living browser has this profile open. It locks the profile's databases, and lets the lock go a little before it has written the
     * last of its other files; so the open files of this machine's processes are looked through as well. A browser on another machine, or in another
     * container, is not seen there: of it the lock alone tells (LevelDB's, POSIX, so the volume must have those), and what it still writes under the
     * old name is lost. What a link consists of is in the databases.
     */
    static boolean held(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return false;
        }
        return locked(folder.resolve(LOCK)) || opened(folder.toRealPath());
    }

    private static boolean locked(Path lock) throws IOException {
        if (!Files.exists(lock)) {
            return false;
        }
        try (RandomAccessFile file = new RandomAccessFile(lock.toFile(), "rw");
                FileLock ours = file.getChannel().tryLock()) {
            return ours == null;
        } catch (OverlappingFileLockException alsoAsking) {
            return true;
        }
    }

    private static boolean opened(Path folder) throws IOException {
        for (Path process : children(Path.of("/proc"))) {
            if (Character.isDigit(String.valueOf(process.getFileName()).charAt(0)) && opened(process, folder)) {
                return true;
            }
        }
        return false;
    }

    private static boolean opened(Path process, Path folder) {
        try (Stream<Path> files = Files.list(process.resolve("fd"))) {
            return files.anyMatch(file -> target(file).startsWith(folder));
        } catch (IOException endedOrNotOurs) {
            return false;
        }
    }

    private static Path target(Path link) {
        try {
            return Files.readSymbolicLink(link);
        } catch (IOException closed) {
            return link;
        }
    }

    static String checked(String deviceId) {
        if (!DEVICE_ID.matcher(deviceId).matches()) {
            throw new IllegalArgumentException("not a device id: " + deviceId);
        }
        return deviceId;
    }

    /** The one to go on with; empty where the device has no profile here. */
    Optional<Generation> newest(String deviceId) throws IOException {
        return generations(checked(deviceId)).stream().max(Comparator.comparingLong(Generation::epoch));
    }

    /** Of every device. */
    List<Generation> newest() throws IOException {
        TreeMap<String, Generation> newest = new TreeMap<>();
        for (Path browser : browsers()) {
            for (Path folder : children(browser)) {
                Matcher name = GENERATION.matcher(String.valueOf(folder.getFileName()));
                if (name.matches()) {
                    Generation found = new Generation(folder, name.group(1), Long.parseLong(name.group(2)));
                    newest.merge(found.deviceId(), found, (one, other) -> one.epoch() >= other.epoch() ? one : other);
                }
            }
        }
        return List.copyOf(newest.values());
    }

    /** All folders of the device, in this browser's folder and in its siblings. */
    List<Generation> generations(String deviceId) throws IOException {
        List<Generation> found = new ArrayList<>();
        for (Path browser : browsers()) {
            for (Path folder : children(browser)) {
                Matcher name = GENERATION.matcher(String.valueOf(folder.getFileName()));
                if (name.matches() && name.group(1).equals(deviceId)) {
                    found.add(new Generation(folder, deviceId, Long.parseLong(name.group(2))));
                }
            }
        }
        return found;
    }

    private List<Path> browsers() throws IOException {
        if (shared.isEmpty()) {
            return children(Optional.ofNullable(home.getParent()).orElse(home));
        }
        List<Path> browsers = new ArrayList<>();
        for (Path node : children(shared.get())) {
            browsers.addAll(children(node));
        }
        return browsers;
    }

    private static List<Path> children(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(Files::isDirectory).toList();
        } catch (NoSuchFileException removed) {
            return List.of(); // meanwhile, by another node
        }
    }

    static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                    Path directory, java.io.@org.jspecify.annotations.Nullable IOException fault) throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** A browser, of this node or of another one on a shared volume, still has the profile open. */
    static final class ProfileInUseException extends IOException {
        private static final long serialVersionUID = 1L;

        ProfileInUseException(Path folder) {
            super("a browser holds the profile " + folder.getFileName());
        }
    }
}
