package io.kurir.media;

import io.kurir.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Settings of files for tests: the types that the tests use, and URLs of this machine allowed as {@code 127.0.0.1}. */
public final class MediaFixture {
    private MediaFixture() {}

    public static Settings.Media settings() {
        return new Settings.Media(
                16 * 1024 * 1024,
                Set.of(
                        "image/png",
                        "image/jpeg",
                        "image/webp",
                        "application/pdf",
                        "text/plain",
                        "text/csv",
                        "application/zip",
                        "audio/ogg",
                        "video/mp4"),
                Duration.ofDays(30),
                64 * 1024 * 1024,
                Duration.ofSeconds(2),
                List.of("127.0.0.1"));
    }
}
