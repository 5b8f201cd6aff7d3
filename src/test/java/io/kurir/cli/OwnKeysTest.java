package io.kurir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OwnKeysTest {
    private static final Pattern KEY = Pattern.compile("\"" + OwnKeys.PREFIX + "([a-z-]+):");

    /** What is not in the list is cleaned away as orphaned. */
    @Test
    void knowsEveryCategoryOfKeysThatThisReleaseWrites() throws IOException {
        try (var sources = Files.walk(Path.of("src/main/java"))) {
            Set<String> used = sources.filter(file -> file.toString().endsWith(".java"))
                    .flatMap(file -> KEY.matcher(text(file)).results().map((MatchResult key) -> key.group(1)))
                    .collect(Collectors.toSet());
            assertThat(used).isEqualTo(OwnKeys.CATEGORIES.keySet());
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
