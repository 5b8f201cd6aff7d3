package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ContractCoverageTest {
    private static final Set<String> OPERATIONS =
            Contract.load(URI.create("http://127.0.0.1")).entries().keySet();

    /** The whole suite tells it, too, half an hour later. */
    @Test
    void everyOperationHasATestThatIsHeldToItsEffect() throws Exception {
        Set<String> claimed = new HashSet<>();
        try (Stream<Path> files = Files.walk(classes())) {
            for (Path file : files.filter(each -> each.toString().matches(".*(IT|Test)\\.class"))
                    .toList()) {
                claimed.addAll(claims(file));
            }
        }
        assertThat(claimed).containsExactlyInAnyOrderElementsOf(OPERATIONS);
    }

    private static Path classes() throws URISyntaxException {
        return Path.of(ContractCoverageTest.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }

    private static List<String> claims(Path file) throws IOException, URISyntaxException, ClassNotFoundException {
        String name = classes().relativize(file).toString().replace('/', '.').replaceFirst("\\.class$", "");
        Class<?> tests = Class.forName(name, false, ContractCoverageTest.class.getClassLoader());
        return Stream.of(tests.getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Effect.class))
                .flatMap(method -> Stream.of(method.getAnnotation(Effect.class).value()))
                .toList();
    }

    @Test
    void whatWasNotSeenIsToldByItsName() {
        Set<String> seen = new HashSet<>();
        for (String operation : OPERATIONS) {
            List.of("200", "effect", "403", "404", "kept").forEach(what -> seen.add(operation + " " + what));
        }
        assertThat(ContractCoverage.gaps(seen)).isEmpty();
        seen.removeAll(Set.of(
                "getDevice 200",
                "updateDevice effect",
                "login 403",
                "login 404",
                "deleteDevice 403",
                "deleteDevice kept",
                "getJob kept",
                "listChatbots kept",
                "queueMessage kept",
                "openMedia kept"));
        assertThat(ContractCoverage.gaps(seen))
                .containsExactlyInAnyOrder(
                        "getDevice: no success",
                        "updateDevice: no success in a test that checks its effect",
                        "login: no refusal",
                        "deleteDevice: no 403",
                        "getJob: not seen to keep from others what is one's own",
                        "listChatbots: not seen to keep from others what is one's own",
                        "queueMessage: not seen to keep from others what is one's own");
    }
}
