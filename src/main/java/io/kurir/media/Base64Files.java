package io.kurir.media;

import io.kurir.http.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Base64 → file, in pieces. Line breaks are allowed, as mail programs make them. */
final class Base64Files {
    private static final Pattern DATA_URL = Pattern.compile("data:([^,;]{0,100})(;[^,]{0,100})?,");
    private static final int LONGEST_HEAD = 210;

    /** There is more than may be. */
    static final class TooLarge extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private Base64Files() {}

    /** Answers the type that a {@code data:} URL names. Throws {@code INVALID_PAYLOAD} that names {@code field}; blocks. */
    static Optional<String> decode(String field, String text, Path into, long most) throws IOException {
        Matcher head = DATA_URL.matcher(text.substring(0, Math.min(text.length(), LONGEST_HEAD)));
        boolean dataUrl = head.lookingAt();
        try (InputStream in = Base64.getDecoder().wrap(new Characters(text, dataUrl ? head.end() : 0));
                OutputStream out = Files.newOutputStream(into, StandardOpenOption.CREATE_NEW)) {
            byte[] piece = new byte[65_536];
            long size = 0;
            for (int read = read(field, in, piece); read >= 0; read = read(field, in, piece)) {
                size += read;
                if (size > most) {
                    throw new TooLarge();
                }
                out.write(piece, 0, read);
            }
        } catch (RuntimeException e) {
            Files.deleteIfExists(into);
            throw e;
        }
        return dataUrl ? Optional.ofNullable(head.group(1)).filter(type -> !type.isBlank()) : Optional.empty();
    }

    private static int read(String field, InputStream in, byte[] piece) {
        try {
            return in.read(piece);
        } catch (IOException notBase64) {
            throw Problem.invalid(field, "is not Base64");
        }
    }

    /** The characters as bytes, without white space; what is not ASCII becomes what no decoder takes. */
    private static final class Characters extends InputStream {
        private final String text;
        private int next;

        Characters(String text, int from) {
            this.text = text;
            this.next = from;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0];
        }

        @Override
        public int read(byte[] into, int from, int length) {
            int count = 0;
            while (count < length && next < text.length()) {
                char character = text.charAt(next++);
                if (character > ' ') {
                    into[from + count++] = (byte) (character < 128 ? character : '!');
                }
            }
            return count == 0 && length > 0 ? -1 : count;
        }
    }
}
