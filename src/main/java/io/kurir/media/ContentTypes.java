package io.kurir.media;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.mime.MimeTypes;

/**
 * What a file is, by its content: its first bytes, and for archives the names in them. Nothing is parsed or unpacked. Where the content alone
 * cannot tell (old office formats, kinds of text), the name or the declared type decides among what the content allows.
 */
final class ContentTypes {
    private static final MimeTypes TIKA = MimeTypes.getDefaultMimeTypes();
    private static final String OFFICE_XML = "application/vnd.openxmlformats-officedocument.";
    private static final String MP4 = "video/mp4";
    private static final String TEXT = "text/plain";

    /** Several names of one type. */
    private static final Map<String, String> ALIASES = Map.ofEntries(
            Map.entry("image/jpg", "image/jpeg"),
            Map.entry("image/pjpeg", "image/jpeg"),
            Map.entry("image/x-png", "image/png"),
            Map.entry("image/x-ms-bmp", "image/bmp"),
            Map.entry("video/avi", "video/x-msvideo"),
            Map.entry("video/msvideo", "video/x-msvideo"),
            Map.entry("application/mp4", MP4),
            Map.entry("video/x-m4v", MP4),
            Map.entry("video/3gp", "video/3gpp"),
            Map.entry("audio/mp3", "audio/mpeg"),
            Map.entry("audio/x-mp3", "audio/mpeg"),
            Map.entry("audio/m4a", "audio/mp4"),
            Map.entry("audio/x-m4a", "audio/mp4"),
            Map.entry("audio/x-aac", "audio/aac"),
            Map.entry("audio/aacp", "audio/aac"),
            Map.entry("audio/vnd.wave", "audio/wav"),
            Map.entry("audio/x-wav", "audio/wav"),
            Map.entry("audio/wave", "audio/wav"),
            Map.entry("application/ogg", "audio/ogg"),
            Map.entry("audio/opus", "audio/ogg"),
            Map.entry("audio/vorbis", "audio/ogg"),
            Map.entry("audio/x-oggpcm", "audio/ogg"),
            Map.entry("audio/speex", "audio/ogg"),
            Map.entry("text/x-vcard", "text/vcard"),
            Map.entry("text/directory", "text/vcard"),
            Map.entry("application/csv", "text/csv"),
            Map.entry("application/x-zip-compressed", "application/zip"),
            Map.entry("application/x-pdf", "application/pdf"));

    /** What the content cannot tell from each other; the first is what it is called without a hint. */
    private static final List<List<String>> LIKE = List.of(
            List.of(MP4, "audio/mp4", "video/3gpp", "audio/3gpp", "video/quicktime"),
            List.of(TEXT, "text/csv", "text/vcard", "application/json", "text/markdown", "text/xml", "application/xml"),
            List.of(
                    "application/x-tika-msoffice",
                    "application/msword",
                    "application/vnd.ms-excel",
                    "application/vnd.ms-powerpoint"));

    private static final Map<String, String> EXTENSIONS = Map.ofEntries(
            Map.entry("doc", "application/msword"),
            Map.entry("xls", "application/vnd.ms-excel"),
            Map.entry("ppt", "application/vnd.ms-powerpoint"),
            Map.entry("csv", "text/csv"),
            Map.entry("json", "application/json"),
            Map.entry("md", "text/markdown"),
            Map.entry("vcf", "text/vcard"),
            Map.entry("m4a", "audio/mp4"),
            Map.entry("3gp", "video/3gpp"));

    /** What says nothing. */
    private static final Set<String> UNSPECIFIC = Set.of("", "application/octet-stream", "binary/octet-stream");

    private ContentTypes() {}

    /** Without parameters, in lower case, by its usual name; empty for what says nothing. */
    static Optional<String> canonical(String mimetype) {
        String plain = mimetype.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return UNSPECIFIC.contains(plain) ? Optional.empty() : Optional.of(ALIASES.getOrDefault(plain, plain));
    }

    /** {@code declared} is canonical. Blocks. */
    static String detect(Path file, Optional<String> fileName, Optional<String> declared) throws IOException {
        String content = byContent(file);
        List<String> like = LIKE.stream()
                .filter(group -> group.contains(content))
                .findFirst()
                .orElseGet(() -> List.of(content));
        return declared.filter(like::contains)
                .or(() -> fileName.flatMap(ContentTypes::byExtension).filter(like::contains))
                .orElse(content);
    }

    private static Optional<String> byExtension(String fileName) {
        int dot = fileName.lastIndexOf('.');
        return dot < 0
                ? Optional.empty()
                : Optional.ofNullable(EXTENSIONS.get(fileName.substring(dot + 1).toLowerCase(Locale.ROOT)));
    }

    private static String byContent(Path file) throws IOException {
        String raw;
        byte[] head;
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            in.mark(128);
            head = in.readNBytes(128);
            in.reset();
            raw = TIKA.detect(in, new Metadata()).getBaseType().toString();
        }
        String type = ALIASES.getOrDefault(raw, raw);
        return switch (type) {
            case "application/zip", "application/java-archive", "application/x-tika-ooxml" -> archive(file);
            // of all brands only Apple's own is not MP4
            case "video/quicktime" -> has(head, "ftyp") && !has(head, "ftypqt") ? MP4 : type;
            case "application/x-matroska", "video/x-matroska" -> has(head, "webm") ? "video/webm" : "video/x-matroska";
            case "audio/ogg", "video/ogg", "video/theora", "video/x-ogm" ->
                has(head, "theora") ? "video/ogg" : "audio/ogg";
            default -> type;
        };
    }

    private static boolean has(byte[] head, String word) {
        return new String(head, StandardCharsets.ISO_8859_1).contains(word);
    }

    /** By the names that the format demands. */
    private static String archive(Path file) throws IOException {
        List<String> names = ZipNames.read(file);
        if (names.contains("[Content_Types].xml")) {
            if (names.stream().anyMatch(name -> name.endsWith("vbaProject.bin"))) {
                return "application/x-office-with-macros";
            }
            for (var office : Map.of(
                            "word/", "wordprocessingml.document",
                            "xl/", "spreadsheetml.sheet",
                            "ppt/", "presentationml.presentation")
                    .entrySet()) {
                if (names.stream().anyMatch(name -> name.startsWith(office.getKey()))) {
                    return OFFICE_XML + office.getValue();
                }
            }
        }
        if (!names.isEmpty() && names.getFirst().equals("mimetype")) {
            return declaredInside(file);
        }
        if (names.contains("AndroidManifest.xml")) {
            return "application/vnd.android.package-archive";
        }
        return names.contains("META-INF/MANIFEST.MF") ? "application/java-archive" : "application/zip";
    }

    /** OpenDocument: the first entry is called {@code mimetype} and is not compressed, so it stands as it is behind the first header. */
    private static String declaredInside(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            String head = new String(in.readNBytes(160), StandardCharsets.ISO_8859_1);
            for (String kind : List.of("text", "spreadsheet", "presentation")) {
                if (head.contains("application/vnd.oasis.opendocument." + kind)) {
                    return "application/vnd.oasis.opendocument." + kind;
                }
            }
            return head.contains("application/epub+zip") ? "application/epub+zip" : "application/zip";
        }
    }
}
