package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.Kurir;
import io.kurir.Progress;
import io.kurir.Settings;
import io.kurir.db.Schema;
import io.kurir.db.embedded.EmbeddedDatabases;
import io.kurir.http.ContractClient;
import io.kurir.trace.Traces;
import io.kurir.whatsapp.Command;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A send that comes to one node while another one owns the device is one trace, from the caller's span to the page. About 25 s. */
class TracesIT {
    private static final String CALLER = "b7ad6b7169203331";
    private static final String NUMBER = "628111111111";

    private final String cluster = "traces-" + UUID.randomUUID();
    private final List<Member> members = new ArrayList<>();

    @TempDir
    Path data;

    private EmbeddedDatabases databases;

    /** A node, with the spans that it has told. */
    private record Member(
            String name, Kurir kurir, ContractClient admin, FakeWhatsApp whatsapp, InMemorySpanExporter spans) {}

    @BeforeEach
    void databases() throws Exception {
        databases = EmbeddedDatabases.start(data.resolve("db"), Progress.SILENT);
        Schema.prepare(settings("unused").database());
    }

    @AfterEach
    void close() throws Exception {
        try {
            for (Member member : members) {
                House.get(member.kurir().close());
            }
        } finally {
            databases.close();
        }
    }

    private Settings settings(String node) throws Exception {
        return House.settings(
                data.resolve(node),
                databases,
                "http://127.0.0.1:1",
                new TreeMap<>(Map.of(
                        "KURIR_CLUSTER_NAME", cluster,
                        "KURIR_ACCESS_SECRET", "a secret that all nodes of this test share",
                        "KURIR_DELIVERY_BASE_DELAY", "100ms",
                        "KURIR_CLUSTER_REBALANCE_EVERY", "1h")));
    }

    private Member join(String node) throws Exception {
        Settings settings = settings(node);
        FakeWhatsApp whatsapp = new FakeWhatsApp();
        InMemorySpanExporter spans = InMemorySpanExporter.create();
        Traces traces = new Traces(OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(spans))
                        .build())
                .build());
        Kurir kurir = House.get(Kurir.start(settings, (_, _) -> Future.succeededFuture(whatsapp), traces));
        ContractClient admin = ContractClient.at(settings.http().publicUrl()).withKey(House.KEY);
        Member member = new Member(node, kurir, admin, whatsapp, spans);
        members.add(member);
        return member;
    }

    private void send(Member at, String trace) {
        assertThat(at.admin()
                        .with("traceparent", "00-" + trace + "-" + CALLER + "-01")
                        .post(
                                House.DEVICES + "/dev-1/send-message",
                                new JsonObject().put("to", "+" + NUMBER).put("message", "hello"))
                        .status())
                .isEqualTo(200);
    }

    /** {@code node: name, below the name of its parent}, in the order of their beginning. */
    private List<String> told(String trace) {
        record Told(String node, SpanData span) {}
        List<Told> all = members.stream()
                .flatMap(member ->
                        member.spans().getFinishedSpanItems().stream().map(span -> new Told(member.name(), span)))
                .filter(told -> told.span().getTraceId().equals(trace))
                .sorted(java.util.Comparator.comparingLong(told -> told.span().getStartEpochNanos()))
                .toList();
        Map<String, String> names =
                all.stream().map(Told::span).collect(Collectors.toMap(SpanData::getSpanId, SpanData::getName));
        names.put(CALLER, "the caller");
        return all.stream()
                .map(told -> told.node() + ": " + told.span().getName() + " < "
                        + names.get(told.span().getParentSpanId()))
                .toList();
    }

    private List<SpanData> spans(String name, String trace) {
        return members.stream()
                .flatMap(member -> member.spans().getFinishedSpanItems().stream())
                .filter(span -> span.getName().equals(name) && span.getTraceId().equals(trace))
                .toList();
    }

    @Test
    void aSendIsOneTraceAcrossNodesAndAttempts() throws Exception {
        Member one = join("one");
        one.admin().post(House.DEVICES, new JsonObject().put("deviceId", "dev-1"));
        one.admin().post(House.DEVICES + "/dev-1/connect");
        await().atMost(Duration.ofSeconds(60))
                .until(() ->
                        one.admin().get(House.DEVICES + "/dev-1/status").data().getBoolean("isConnected"));
        Member two = join("two");

        String first = "0af7651916cd43dd8448eb211c80319c";
        send(two, first);
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(told(first))
                        .containsExactly(
                                "two: sendMessage < the caller",
                                "two: ask device.check-numbers < sendMessage",
                                "one: serve device.check-numbers < ask device.check-numbers",
                                "one: page CheckNumbers < serve device.check-numbers",
                                "two: outbox put < sendMessage",
                                "one: dispatch < outbox put",
                                "one: page Send < dispatch"));
        assertThat(spans("dispatch", first).getFirst().getEvents())
                .extracting(EventData::getName)
                .containsExactly("taken", "ack");

        // the owner itself is asked, the number is known, and the page refuses once
        one.whatsapp().onSend = _ -> {
            one.whatsapp().onSend = _ -> new Command.Taken();
            return new Command.Refused(Command.Reason.NOT_READY, "not yet, " + NUMBER);
        };
        String second = "1af7651916cd43dd8448eb211c80319c";
        send(one, second);
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(told(second))
                        .containsExactly(
                                "one: sendMessage < the caller",
                                "one: outbox put < sendMessage",
                                "one: dispatch < outbox put",
                                "one: page Send < dispatch",
                                "one: dispatch < outbox put",
                                "one: page Send < dispatch"));
        assertThat(spans("dispatch", second))
                .extracting(span -> span.getAttributes().get(AttributeKey.longKey("kurir.attempt")))
                .containsExactly(1L, 2L);
        assertThat(spans("dispatch", second))
                .extracting(span -> span.getAttributes().get(AttributeKey.stringKey("error.type")))
                .containsExactly("NOT_READY", null);

        for (Member member : members) {
            assertThat(member.spans().getFinishedSpanItems())
                    .allSatisfy(span -> assertThat(span.toString()).doesNotContain(NUMBER, "hello"))
                    // each trace begins with a request: leases, sweeps, promotions and health checks are none
                    .allSatisfy(span -> assertThat(span.getName())
                            .isIn(
                                    "createDevice",
                                    "connectDevice",
                                    "getDeviceStatus",
                                    "sendMessage",
                                    "outbox put",
                                    "dispatch",
                                    "page Send",
                                    "page CheckNumbers",
                                    "ask device.check-numbers",
                                    "serve device.check-numbers",
                                    "ask worker.start",
                                    "serve worker.start",
                                    "ask device.start",
                                    "serve device.start",
                                    "ask node.start",
                                    "serve node.start",
                                    "ask device.look",
                                    "serve device.look"));
        }
    }
}
