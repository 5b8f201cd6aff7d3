package io.kurir;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Looks up setting by setting and remembers which keys were asked for and what was wrong, so that an unknown key can be told
 * before anything else: it is mostly the reason of the rest. Confined to the thread that loads. Over 300 lines: one short reader per type of
 * value, which share the list of complaints.
 */
final class SettingKeys {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");

    private static final Pattern BYTES = Pattern.compile("(\\d{1,6})([mg%])");

    private final Map<String, String> file;
    private final String fileName;
    private final Map<String, String> environment;
    private final Map<String, String> options;
    private final Set<String> known = new LinkedHashSet<>();
    private final List<String> problems = new ArrayList<>();

    /** A value and, for complaints, where it came from. */
    private record Found(String value, String source) {}

    private SettingKeys(
            Map<String, String> file, String fileName, Map<String, String> environment, Map<String, String> options) {
        this.file = file;
        this.fileName = fileName;
        this.environment = environment;
        this.options = options;
    }

    static SettingKeys read(SettingsFile.Sources sources) {
        var path = sources.file().orElse(sources.home().resolve("conf/kurir.yaml"));
        var values = new HashMap<String, String>();
        var root = parse(path, sources.file().isPresent());
        if (!root.isObject() && !root.isNull() && !root.isMissingNode()) {
            throw new Misconfigured(
                    path + " is not valid: it must consist of keys and values, such as `http: {port: 3000}`.");
        }
        flatten("", root, values);
        return new SettingKeys(values, path.toString(), sources.environment(), sources.options());
    }

    private static JsonNode parse(Path path, boolean wanted) {
        var yaml = new YAMLMapper();
        try {
            return yaml.readTree(Files.readString(path));
        } catch (NoSuchFileException e) {
            if (wanted) {
                throw new Misconfigured("There is no settings file " + path + ": correct --config or leave it out.");
            }
            return yaml.createObjectNode();
        } catch (JsonProcessingException e) {
            var line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new Misconfigured(path + " is not valid YAML near line " + line + ": correct it there.");
        } catch (IOException e) {
            throw new Misconfigured("Cannot read " + path + ": make it readable for the user that starts Kurir.");
        }
    }

    /** {@code lease: {ttl: 20s}} becomes {@code lease.ttl = 20s}; a section without keys becomes nothing. */
    private static void flatten(String path, JsonNode node, Map<String, String> values) {
        if (node.isObject()) {
            node.properties()
                    .forEach(entry -> flatten(
                            path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(), entry.getValue(), values));
        } else if (node.isArray()) {
            var each = new ArrayList<String>();
            node.forEach(item -> each.add(item.asText()));
            values.put(path, String.join(",", each));
        } else if (!node.isNull() && !node.isMissingNode()) {
            values.put(path, node.asText());
        }
    }

    Optional<String> text(String key, String... aliases) {
        return find(key, aliases).map(Found::value);
    }

    List<String> list(String key, String... aliases) {
        return text(key, aliases).stream()
                .flatMap(all -> Arrays.stream(all.split(",", -1)))
                .map(String::strip)
                .filter(one -> !one.isEmpty())
                .toList();
    }

    int number(String key, int fallback, int least, int most, String... aliases) {
        return parsed(key, fallback, "a whole number from " + least + " to " + most, aliases, text -> {
            if (!text.matches("-?\\d{1,9}")) {
                return Optional.empty();
            }
            return Optional.of(Integer.parseInt(text)).filter(number -> number >= least && number <= most);
        });
    }

    boolean flag(String key, boolean fallback, String... aliases) {
        return parsed(key, fallback, "true or false", aliases, text -> switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes", "on" -> Optional.of(true);
            case "false", "0", "no", "off" -> Optional.of(false);
            default -> Optional.empty();
        });
    }

    Duration duration(String key, Duration fallback, Duration least, String... aliases) {
        var wanted = "a duration such as 500ms, 20s, 15m, 24h or 7d, and not below " + written(least);
        return parsed(
                key,
                fallback,
                wanted,
                aliases,
                text -> duration(text).filter(duration -> duration.compareTo(least) >= 0));
    }

    /** {@code 2g}, {@code 1500m}, or a share of {@code whole} as {@code 60%}. */
    long bytes(String key, long fallback, long whole) {
        var wanted = "an amount of memory such as 1500m or 4g, or a share of this machine's such as 60%";
        return parsed(key, fallback, wanted, new String[0], text -> {
            var match = BYTES.matcher(text.toLowerCase(Locale.ROOT));
            if (!match.matches()) {
                return Optional.empty();
            }
            var amount = Long.parseLong(match.group(1));
            return Optional.of(
                            switch (match.group(2)) {
                                case "%" -> whole / 100 * amount;
                                case "m" -> amount << 20;
                                default -> amount << 30;
                            })
                    .filter(bytes -> bytes > 0);
        });
    }

    Optional<URI> uri(String key, String... aliases) {
        return find(key, aliases).flatMap(found -> {
            try {
                var uri = new URI(found.value());
                if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                    return Optional.of(uri);
                }
            } catch (URISyntaxException e) {
                // told below, with the others
            }
            problems.add(wrong(key, found, "a URL that begins with http:// or https://"));
            return Optional.empty();
        });
    }

    <E extends Enum<E>> E word(Class<E> type, String key, E fallback) {
        return parsed(key, fallback, "one of " + words(type), new String[0], text -> word(type, text));
    }

    <E extends Enum<E>> Set<E> words(Class<E> type, String key, Set<E> fallback) {
        return parsed(key, fallback, "one or more of " + words(type) + ", with commas between", new String[0], text -> {
            var each = Arrays.stream(text.split(",", -1))
                    .map(one -> word(type, one.strip()))
                    .toList();
            return each.stream().allMatch(Optional::isPresent)
                    ? Optional.of(EnumSet.copyOf(
                            each.stream().flatMap(Optional::stream).toList()))
                    : Optional.empty();
        });
    }

    void require(boolean condition, String sentence) {
        if (!condition) {
            problems.add(sentence);
        }
    }

    /** Whether something is wrong already, so that nothing should be made on the disk for this start. */
    boolean troubled() {
        return !problems.isEmpty();
    }

    /** @throws Misconfigured with what is wrong, if anything */
    void complain() {
        file.keySet().stream()
                .filter(key -> !known.contains(key))
                .sorted()
                .findFirst()
                .ifPresent(key -> {
                    throw new Misconfigured(
                            "Unknown key \"" + key + "\" in " + fileName + ": did you mean \"" + nearest(key) + "\"?");
                });
        problems.stream().findFirst().ifPresent(problem -> {
            throw new Misconfigured(problem);
        });
    }

    /** Every key that was asked for, in that order. */
    Set<String> known() {
        return known;
    }

    static String variable(String key) {
        return "KURIR_" + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    private <T> T parsed(String key, T fallback, String wanted, String[] aliases, Function<String, Optional<T>> parse) {
        var found = find(key, aliases);
        if (found.isEmpty()) {
            return fallback;
        }
        var value = parse.apply(found.get().value());
        if (value.isEmpty()) {
            problems.add(wrong(key, found.get(), wanted));
        }
        return value.orElse(fallback);
    }

    private Optional<Found> find(String key, String... aliases) {
        known.add(key);
        return option(key)
                .or(() -> variable(variable(key), ""))
                .or(() -> Arrays.stream(aliases)
                        .flatMap(alias -> variable(alias, inMilliseconds(alias) ? "ms" : "").stream())
                        .findFirst())
                .or(() -> Optional.ofNullable(file.get(key)).map(value -> new Found(value, fileName)));
    }

    /** The older variables say so by their name alone, and one by nothing. */
    private static boolean inMilliseconds(String alias) {
        return alias.endsWith("_MS") || alias.equals("API_RATE_WINDOW");
    }

    private Optional<Found> option(String key) {
        return Optional.ofNullable(options.get(key)).map(value -> new Found(value, "the command line"));
    }

    private Optional<Found> variable(String name, String unit) {
        return Optional.ofNullable(environment.get(name))
                .filter(value -> !value.isBlank())
                .map(value -> new Found(value.strip() + unit, "the environment variable " + name));
    }

    private static String wrong(String key, Found found, String wanted) {
        return key + " in " + found.source() + " is \"" + found.value() + "\": it must be " + wanted + ".";
    }

    private static Optional<Duration> duration(String text) {
        var match = DURATION.matcher(text);
        if (!match.matches()) {
            return Optional.empty();
        }
        var amount = Long.parseLong(match.group(1));
        return Optional.of(
                switch (match.group(2)) {
                    case "ms" -> Duration.ofMillis(amount);
                    case "s" -> Duration.ofSeconds(amount);
                    case "m" -> Duration.ofMinutes(amount);
                    case "h" -> Duration.ofHours(amount);
                    default -> Duration.ofDays(amount);
                });
    }

    private static String written(Duration duration) {
        return duration.toMillisPart() == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    private static <E extends Enum<E>> Optional<E> word(Class<E> type, String text) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equalsIgnoreCase(text))
                .findFirst();
    }

    private static <E extends Enum<E>> String words(Class<E> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }

    private String nearest(String key) {
        return known.stream()
                .min(Comparator.comparingInt(candidate -> distance(key, candidate)))
                .orElseThrow();
    }

    /** Levenshtein's. */
    private static int distance(String from, String to) {
        var row = new int[to.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int substituted = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
