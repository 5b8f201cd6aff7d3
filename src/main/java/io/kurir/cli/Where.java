package io.kurir.cli;

import io.kurir.SettingsFile.Sources;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that every command has which reads the settings. */
final class Where {
    @Option(names = "--data", paramLabel = "DIR", description = "Where everything is kept (data).")
    private @Nullable Path data;

    @Option(names = "--config", paramLabel = "FILE", description = "The settings (conf/kurir.yaml).")
    private @Nullable Path config;

    /** With {@code options} as the command line's other keys, to which the folder is added. */
    Sources sources(Map<String, String> options) {
        if (data != null) {
            options.put("data", data.toString());
        }
        return new Sources(home(), Optional.ofNullable(config), System.getenv(), options);
    }

    /** Where Kurir is installed, as {@code bin/kurir} knows. */
    static Path home() {
        return Path.of(System.getProperty("kurir.home", "")).toAbsolutePath();
    }
}
