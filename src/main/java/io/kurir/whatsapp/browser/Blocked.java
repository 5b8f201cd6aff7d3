package io.kurir.whatsapp.browser;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kurir.Misconfigured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Requests that a page need not make: all of a type, all to an address, or both.
 *
 * @param type DevTools' word, such as {@code Image}; empty for any
 * @param url a whole URL in which {@code *} stands for any characters and {@code ?} for one
 */
public record Blocked(Optional<String> type, String url) {
    private static final Set<String> TYPES = Set.of(
            "Stylesheet",
            "Image",
            "Media",
            "Font",
            "Script",
            "TextTrack",
            "XHR",
            "Fetch",
            "EventSource",
            "Manifest",
            "Ping",
            "CSPViolationReport",
            "Other");

    /** A file with one rule per line: {@code [type] url}; empty lines and those that begin with # say nothing. */
    public static List<Blocked> read(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .map(line -> rule(file, line))
                    .toList();
        } catch (IOException unreadable) {
            throw new Misconfigured("Cannot read " + file + ": make it readable, or leave blocked-requests out.");
        }
    }

    private static Blocked rule(Path file, String line) {
        String[] words = line.split("\\s+", -1);
        if (words.length == 1 && !TYPES.contains(words[0])) {
            return new Blocked(Optional.empty(), words[0]);
        }
        if (words.length == 2 && TYPES.contains(words[0])) {
            return new Blocked(Optional.of(words[0]), words[1]);
        }
        throw new Misconfigured(file + " has a line that is no rule: \"" + line
                + "\". It must be a URL with * and ?, with a type such as Image or Font before it where wanted.");
    }

    void write(ObjectNode pattern) {
        pattern.put("urlPattern", url);
        type.ifPresent(one -> pattern.put("resourceType", one));
    }
}
