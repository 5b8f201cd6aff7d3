package io.kurir.media;

import java.util.Map;

/** Names of files as recipients and browsers may see them. */
final class FileNames {
    private static final int LONGEST = 120;
    private static final Map<String, String> EXTENSIONS = Map.of(
            "application/pdf", "pdf",
            "text/csv", "csv",
            "text/plain", "txt",
            "application/zip", "zip",
            "image/jpeg", "jpg",
            "image/png", "png",
            "video/mp4", "mp4");

    private FileNames() {}

    /** Without folders, control characters and what file systems do not like; never empty. */
    static String safe(String name) {
        String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
        String clean = last.replaceAll("[\\p{Cntrl}\"<>|:*?]", "_").strip();
        if (clean.isEmpty() || clean.chars().allMatch(c -> c == '.')) {
            return "file";
        }
        return clean.length() <= LONGEST ? clean : clean.substring(clean.length() - LONGEST);
    }

    static String made(String mimetype) {
        return "file." + EXTENSIONS.getOrDefault(mimetype, "bin");
    }
}
