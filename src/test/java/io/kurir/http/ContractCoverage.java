package io.kurir.http;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;

/**
 * How the operations of the contract have answered in a run of the suite. {@link ContractClient} notes it in {@code target/}; the build ends with
 * {@link #main}, which tells what no test has seen: of each operation a success in a test that checks its {@link Effect}, a refusal, a 403 where not
 * everybody may call it, and, where somebody owns what it is about, that nobody else gets it.
 */
public final class ContractCoverage {
    private static final Path NOTES = Path.of("target/contract-answers.txt");
    private static final Set<String> NOTED = ConcurrentHashMap.newKeySet();
    private static final Set<String> SUCCEEDED = ConcurrentHashMap.newKeySet();
    private static final String EFFECT = "effect";
    private static final String KEPT = "kept";

    /** Of the lines that {@link #gaps} would have, those that are to be left out, with the reason. */
    private static final Map<String, String> EXCEPTIONS = Map.of(
            "getProfile: not seen to keep from others what is one's own",
            "it names nobody, and its only answer is the caller",
            "streamEvents: not seen to keep from others what is one's own",
            "its answer has no end; EventStreamIT.filtersByDeviceAndTypeAndReach follows it as its user");

    private ContractCoverage() {}

    static void note(String operationId, int status) {
        if (success(status)) {
            SUCCEEDED.add(operationId);
        }
        note(operationId + " " + status);
    }

    /** Tests run one after the other. */
    static void testBegins() {
        SUCCEEDED.clear();
    }

    /** The operations that have succeeded since {@link #testBegins}. */
    static Set<String> succeeded() {
        return Set.copyOf(SUCCEEDED);
    }

    static void effectSeen(String operationId) {
        note(operationId + " " + EFFECT);
    }

    /** That somebody who may call it was refused what is another's, or was not shown it where it was there to be shown. */
    static void keptFromOthers(String operationId) {
        note(operationId + " " + KEPT);
    }

    /** All integration tests run in one JVM, so its first note begins the file anew. */
    private static void note(String line) {
        if (!NOTED.add(line)) {
            return;
        }
        synchronized (ContractCoverage.class) {
            try {
                Files.createDirectories(NOTES.toAbsolutePath().getParent());
                Files.write(
                        NOTES,
                        NOTED,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** {@code arguments}: {@code test=…} and {@code it.test=…}, as Maven was told; left as they are in the pom when it was told nothing. */
    public static void main(String[] arguments) throws IOException {
        if (!Files.exists(NOTES)) {
            return;
        }
        boolean whole = List.of(arguments).stream().allMatch(argument -> argument.contains("=${"));
        List<String> gaps = gaps(new HashSet<>(Files.readAllLines(NOTES)));
        Files.delete(NOTES);
        System.out.println(
                gaps.isEmpty()
                        ? "Every operation of the contract was seen to do and to refuse."
                        : "Not seen by any test that ran" + (whole ? ":" : ", which were not all:"));
        gaps.forEach(gap -> System.out.println("  " + gap));
        if (whole && !gaps.isEmpty()) {
            System.exit(1);
        }
    }

    /** What {@code seen} lacks, which has lines such as {@code getDevice 200}. */
    static List<String> gaps(Set<String> seen) {
        Contract contract = Contract.load(URI.create("http://127.0.0.1"));
        GeneratedRequests requests = new GeneratedRequests(contract, new Known(Map.of(), Map.of(), Map.of(), Map.of()));
        List<String> gaps = new ArrayList<>();
        contract.entries().forEach((id, entry) -> {
            Set<String> documented = responses(contract, entry);
            boolean refuses = documented.stream().anyMatch(status -> status.startsWith("4"));
            if (!seen(seen, id, ContractCoverage::success)) {
                gaps.add(id + ": no success");
            }
            if (!seen.contains(id + " " + EFFECT)) {
                gaps.add(id + ": no success in a test that checks its effect");
            }
            if (refuses && !seen(seen, id, status -> status >= 400 && status < 500)) {
                gaps.add(id + ": no refusal");
            }
            if (!entry.permission().open() && !seen.contains(id + " 403")) {
                gaps.add(id + ": no 403");
            }
            if (owned(requests, entry) && !seen.contains(id + " " + KEPT)) {
                gaps.add(id + ": not seen to keep from others what is one's own");
            }
        });
        gaps.removeAll(EXCEPTIONS.keySet());
        return gaps;
    }

    private static Set<String> responses(Contract contract, Contract.Entry entry) {
        JsonObject operation = contract.served()
                .getJsonObject("paths")
                .getJsonObject(entry.path())
                .getJsonObject(entry.method().name().toLowerCase(Locale.ROOT));
        return operation.getJsonObject("responses").fieldNames();
    }

    /** Whether it names what somebody owns, in path, query or body, or shows one's own. */
    private static boolean owned(GeneratedRequests requests, Contract.Entry entry) {
        Set<Permission.Who> who = entry.permission().who();
        return (who.contains(Permission.Who.USER) || who.contains(Permission.Who.DEVICE))
                && (entry.method().name().equals("GET")
                        || entry.parameters().stream()
                                .anyMatch(parameter -> parameter.in().equals("path"))
                        || !requests.naming(entry, Known.DEVICE_ID).isEmpty());
    }

    private static boolean success(int status) {
        return status >= 200 && status < 400;
    }

    private static boolean seen(Set<String> seen, String id, IntPredicate status) {
        return seen.stream()
                .filter(line -> line.matches(id + " \\d+"))
                .anyMatch(line -> status.test(Integer.parseInt(line.substring(id.length() + 1))));
    }
}
