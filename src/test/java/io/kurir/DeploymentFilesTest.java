package io.kurir;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.hazelcast.config.Config;
import com.hazelcast.config.XmlConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files that an operator deploys with: what they name is there. No engine and no cluster is asked. */
class DeploymentFilesTest {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Path KUBERNETES = Path.of("conf/kubernetes/kurir.yaml");

    /** Older names that the settings honour, and those that belong to other programs. */
    private static final Set<String> ALSO = Set.of(
            "DATABASE_URL",
            "REDIS_URL",
            "JWT_SECRET",
            "AUTO_CREATE_TABLES",
            "KURIR_ADMIN_EMAIL",
            "KURIR_ADMIN_PASSWORD",
            "JAVA_HOME",
            "CHROME_PATH",
            "LANG");

    private static List<JsonNode> documents(Path file) throws IOException {
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
            return documents.readAll().stream().filter(JsonNode::isObject).toList();
        }
    }

    private static JsonNode only(String kind, String name) throws IOException {
        return documents(KUBERNETES).stream()
                .filter(document -> document.path("kind").asText().equals(kind)
                        && document.at("/metadata/name").asText().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + kind + " " + name));
    }

    private static List<JsonNode> list(JsonNode node) {
        List<JsonNode> list = new ArrayList<>();
        node.forEach(list::add);
        return list;
    }

    private static Set<String> texts(JsonNode node, String field) {
        return list(node).stream()
                .map(each -> each.path(field).asText())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> variables() {
        var sources = new SettingsFile.Sources(
                Path.of(""), Optional.empty(), Map.of(), new HashMap<>(Map.of("mode", "simulator")));
        var keys = SettingKeys.read(sources);
        SettingsFile.load(keys, sources, SettingsFile.Purpose.DATABASE);
        Set<String> names =
                keys.known().stream().map(SettingKeys::variable).collect(Collectors.toCollection(TreeSet::new));
        names.addAll(ALSO);
        return names;
    }

    @Test
    void everySelectorOfKubernetesFindsThePods() throws IOException {
        JsonNode labels = only("StatefulSet", "kurir").at("/spec/template/metadata/labels");
        assertThat(labels.size()).isPositive();
        for (JsonNode selector : List.of(
                only("StatefulSet", "kurir").at("/spec/selector/matchLabels"),
                only("PodDisruptionBudget", "kurir").at("/spec/selector/matchLabels"),
                only("NetworkPolicy", "kurir").at("/spec/podSelector/matchLabels"),
                only("NetworkPolicy", "kurir").at("/spec/ingress/0/from/0/podSelector/matchLabels"),
                only("Service", "kurir").at("/spec/selector"),
                only("Service", "kurir-nodes").at("/spec/selector"))) {
            assertThat(selector).isEqualTo(labels);
        }
        JsonNode spec = only("StatefulSet", "kurir").path("spec");
        assertThat(spec.path("serviceName").asText()).isEqualTo("kurir-nodes");
        assertThat(only("Service", "kurir-nodes").at("/spec/clusterIP").asText())
                .isEqualTo("None");
    }

    @Test
    void everyPortOfKubernetesIsOneOfTheContainersAndTheNodesOwnAreShut() throws IOException {
        JsonNode container = container();
        Set<String> ports = texts(container.path("ports"), "name");
        for (String service : List.of("kurir", "kurir-nodes")) {
            assertThat(ports).containsAll(texts(only("Service", service).at("/spec/ports"), "targetPort"));
        }
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
            assertThat(ports)
                    .contains(container.at("/" + probe + "/httpGet/port").asText());
            assertThat(Files.readString(Path.of("openapi.yaml")))
                    .contains(
                            "\n  " + container.at("/" + probe + "/httpGet/path").asText() + ":\n");
        }
        JsonNode ingress = only("NetworkPolicy", "kurir").at("/spec/ingress");
        assertThat(texts(ingress.path(0).path("ports"), "port")).containsExactlyInAnyOrder("hazelcast", "bus");
        assertThat(texts(ingress.path(1).path("ports"), "port")).containsExactly("http");
        Map<String, Integer> numbers = new HashMap<>();
        list(container.path("ports"))
                .forEach(port -> numbers.put(
                        port.path("name").asText(), port.path("containerPort").asInt()));
        assertThat(numbers.get("bus")).hasToString(variable(container, "KURIR_CLUSTER_BUS_PORT"));
        assertThat(numbers.get("hazelcast"))
                .isEqualTo(hazelcast("conf/kubernetes/cluster.xml")
                        .getNetworkConfig()
                        .getPort());
    }

    private static JsonNode container() throws IOException {
        return only("StatefulSet", "kurir").at("/spec/template/spec/containers/0");
    }

    private static String variable(JsonNode container, String name) {
        return list(container.path("env")).stream()
                .filter(each -> each.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow()
                .path("value")
                .asText();
    }

    @Test
    void everyVolumeOfKubernetesIsThereAndTheGraceCoversTheDrain() throws IOException {
        JsonNode pod = only("StatefulSet", "kurir").at("/spec/template/spec");
        Set<String> volumes = texts(pod.path("volumes"), "name");
        list(only("StatefulSet", "kurir").at("/spec/volumeClaimTemplates"))
                .forEach(claim -> volumes.add(claim.at("/metadata/name").asText()));
        assertThat(texts(container().path("volumeMounts"), "name")).isEqualTo(volumes);
        assertThat(only(
                                "PersistentVolumeClaim",
                                pod.at("/volumes/0/persistentVolumeClaim/claimName")
                                        .asText())
                        .at("/spec/accessModes/0")
                        .asText())
                .isEqualTo("ReadWriteMany");
        int drain = Integer.parseInt(
                variable(container(), "KURIR_CLUSTER_DRAIN_TIMEOUT").replace("s", ""));
        assertThat(pod.path("terminationGracePeriodSeconds").asInt()).isGreaterThanOrEqualTo(drain + 15);
    }

    @Test
    void everyVariableIsOneThatKurirKnows() throws IOException {
        Set<String> named = texts(container().path("env"), "name");
        JsonNode services = documents(Path.of("compose.yaml")).getFirst().path("services");
        for (String service : List.of("kurir", "kurir-2", "kurir-3")) {
            JsonNode environment = services.path(service).path("environment");
            environment.fieldNames().forEachRemaining(named::add);
            // YAML's own merging, which this parser leaves to us
            environment.path("<<").fieldNames().forEachRemaining(named::add);
        }
        Matcher set = Pattern.compile("(?m)^ENV (.*)$")
                .matcher(Files.readString(Path.of("Dockerfile")).replaceAll("(?s)^.*\nFROM ", ""));
        while (set.find()) {
            for (String each : set.group(1).split(" ", -1)) {
                named.add(each.substring(0, each.indexOf('=')));
            }
        }
        named.remove("<<");
        assertThat(named).hasSizeGreaterThan(12);
        assertThat(variables()).containsAll(named);
    }

    @Test
    void composeNamesItsOwnServicesAndVolumesAndNoSecret() throws IOException {
        JsonNode compose = documents(Path.of("compose.yaml")).getFirst();
        Set<String> volumes = new TreeSet<>();
        compose.path("volumes").fieldNames().forEachRemaining(volumes::add);
        for (JsonNode service : compose.path("services")) {
            for (JsonNode volume : service.path("volumes")) {
                String source = volume.asText().split(":", -1)[0];
                assertThat(source.startsWith("./") ? Files.exists(Path.of(source)) : volumes.contains(source))
                        .as(source)
                        .isTrue();
            }
            service.path("environment").properties().forEach(entry -> {
                if (entry.getKey().matches(".*(PASSWORD|SECRET).*")) {
                    assertThat(entry.getValue().asText()).as(entry.getKey()).matches("\\$\\{[A-Z_]+:[-?].*}");
                }
            });
        }
        Set<String> members = new TreeSet<>(hazelcast("conf/compose/cluster.xml")
                .getNetworkConfig()
                .getJoin()
                .getTcpIpConfig()
                .getMembers());
        assertThat(members).containsExactly("kurir-2:5701", "kurir-3:5701", "kurir:5701");
        for (String member : members) {
            String name = member.substring(0, member.indexOf(':'));
            assertThat(compose.path("services").path(name).path("hostname").asText())
                    .isEqualTo(name);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cluster.xml", "conf/compose/cluster.xml", "conf/kubernetes/cluster.xml"})
    void hazelcastReadsEachOfItsFilesAndTheyDifferInAddressesOnly(String file) throws IOException {
        Config config = hazelcast(file);
        Config first = hazelcast("cluster.xml");
        assertThat(config.getProperties()).isEqualTo(first.getProperties());
        assertThat(config.getMapConfigs()).isEqualTo(first.getMapConfigs());
        assertThat(config.getMultiMapConfigs()).isEqualTo(first.getMultiMapConfigs());
        assertThat(config.getNetworkConfig().getJoin().getMulticastConfig().isEnabled())
                .isFalse();
        assertThat(config.getNetworkConfig().getJoin().getAutoDetectionConfig().isEnabled())
                .isFalse();
        boolean kubernetes = file.contains("kubernetes");
        assertThat(config.getNetworkConfig().getJoin().getKubernetesConfig().isEnabled())
                .isEqualTo(kubernetes);
        assertThat(config.getNetworkConfig().getJoin().getTcpIpConfig().isEnabled())
                .isNotEqualTo(kubernetes);
    }

    private static Config hazelcast(String file) throws IOException {
        return new XmlConfigBuilder(file).build();
    }

    @Test
    void theImageIsGivenEverythingThatItCopiesAndNothingElse() throws IOException {
        List<String> allowed = Files.readAllLines(Path.of(".dockerignore")).stream()
                .filter(line -> line.startsWith("!"))
                .map(line -> line.substring(1))
                .toList();
        Set<String> copied = Files.readAllLines(Path.of("Dockerfile")).stream()
                .filter(line -> line.startsWith("COPY ") && !line.contains("--from"))
                .flatMap(line -> {
                    String[] words = line.split(" ");
                    return Stream.of(words).skip(1).limit(words.length - 2L);
                })
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(copied).containsExactlyInAnyOrderElementsOf(allowed);
        assertThat(copied).allSatisfy(path -> assertThat(Path.of(path)).exists());
    }

    @Test
    void theSeccompProfileNamesEachCallOnce() throws IOException {
        JsonNode profile =
                new ObjectMapper().readTree(Path.of("conf/seccomp.json").toFile());
        assertThat(profile.path("defaultAction").asText()).isEqualTo("SCMP_ACT_ALLOW");
        JsonNode rule = profile.path("syscalls").path(0);
        assertThat(rule.path("action").asText()).isEqualTo("SCMP_ACT_ERRNO");
        List<String> names =
                list(rule.path("names")).stream().map(JsonNode::asText).toList();
        assertThat(names).isSorted().doesNotHaveDuplicates().contains("mount", "kexec_load", "bpf", "init_module");
        assertThat(names).as("what Chromium's sandbox needs").doesNotContain("clone", "clone3", "unshare", "chroot");
    }
}
