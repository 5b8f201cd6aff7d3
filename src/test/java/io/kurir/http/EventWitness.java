package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Follows a node's event stream for as long as a suite runs: also what is live, and so never stored, must be as the contract says. */
public final class EventWitness {
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> faults = new CopyOnWriteArrayList<>();

    private EventWitness() {}

    public static EventWitness of(URI base, String key) throws IOException, InterruptedException {
        EventWitness witness = new EventWitness();
        HttpRequest request = HttpRequest.newBuilder(base.resolve("/api/events"))
                .header("x-api-key", key)
                .build();
        InputStream body = witness.http
                .send(request, HttpResponse.BodyHandlers.ofInputStream())
                .body();
        Thread.ofVirtual().start(() -> witness.read(body));
        return witness;
    }

    private void read(InputStream body) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            reader.lines()
                    .filter(line -> line.startsWith("data: "))
                    .forEach(line -> faults.addAll(EventContract.streamFaults(new JsonObject(line.substring(6)))));
        } catch (IOException | UncheckedIOException ended) {
            // by the node or by us
        }
    }

    /** Ends it; fails when something was told that {@code asyncapi.yaml} does not allow. */
    public void pronounce() {
        http.shutdownNow();
        assertThat(faults)
                .as("events of the stream that asyncapi.yaml does not allow")
                .isEmpty();
    }
}
