package io.kurir.media;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the first names of a ZIP archive from its directory. Nothing is unpacked, whatever the archive would grow to. */
final class ZipNames {
    private static final int END = 0x06054b50;
    private static final int ENTRY = 0x02014b50;
    private static final int END_SIZE = 22;
    /** The archive's comment may stand behind the end record. */
    private static final int TAIL = END_SIZE + 65_535;

    private static final int NAMES = 200;
    private static final int WINDOW = 64 * 1024;

    private ZipNames() {}

    /** At most 200; empty when the file has no directory that can be read. */
    static List<String> read(Path file) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            ByteBuffer tail = window(in, Math.max(0, in.length() - TAIL), TAIL);
            for (int at = tail.limit() - END_SIZE; at >= 0; at--) {
                if (tail.getInt(at) == END) {
                    long directory = Integer.toUnsignedLong(tail.getInt(at + 16));
                    return directory < in.length() ? names(window(in, directory, WINDOW)) : List.of();
                }
            }
            return List.of();
        }
    }

    private static ByteBuffer window(RandomAccessFile in, long from, int most) throws IOException {
        byte[] bytes = new byte[(int) Math.min(most, in.length() - from)];
        in.seek(from);
        in.readFully(bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static List<String> names(ByteBuffer directory) {
        List<String> names = new ArrayList<>();
        int at = 0;
        while (names.size() < NAMES && at + 46 <= directory.limit() && directory.getInt(at) == ENTRY) {
            int length = Short.toUnsignedInt(directory.getShort(at + 28));
            if (at + 46 + length > directory.limit()) {
                break;
            }
            byte[] name = new byte[length];
            directory.get(at + 46, name);
            names.add(new String(name, StandardCharsets.UTF_8));
            at += 46
                    + length
                    + Short.toUnsignedInt(directory.getShort(at + 30))
                    + Short.toUnsignedInt(directory.getShort(at + 32));
        }
        return names;
    }
}
