package io.kurir.bench;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bin/bench media}: documents up (multipart → Kurir → the page → a simulated phone) and down (a phone → the page → Kurir's store → the signed
 * link), each compared byte by byte, and what they do to the memory of Kurir's JVM.
 */
@Command(
        name = "media",
        mixinStandardHelpOptions = true,
        description = "Documents of 16 MB up and down, and the peak memory of Kurir's JVM beside that of 1 MB ones.")
final class MediaBench implements Callable<Integer> {
    private static final String DEVICE = "bench-media";
    private static final String PHONE = "6281100000901";
    private static final String PEER = "6281200000901";
    private static final String PATH = "/api/whatsapp-multi-device/devices/" + DEVICE;
    private static final int MEBIBYTE = 1 << 20;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the rows there, too.")
    private @Nullable Path json;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "8", description = "Documents of each size (8).")
    private int runs;

    private final Report report = new Report("media");
    private final Random random = new Random(1);

    @Override
    public Integer call() throws Exception {
        System.out.println(Machine.facts());
        System.out.println("""
                Up: from the HTTP request to the answer 200, which means that the server's ack is committed. Down: from the phone's sending until the
                last byte came over the signed link. Peak memory: VmHWM of Kurir's JVM, reset before each size, heap limited to 256 MiB.
                """);
        Map<String, String> settings = Map.of("KURIR_SEND_PER_MINUTE", "1000000", "KURIR_SEND_BURST", "1000000");
        Vertx vertx = Vertx.vertx();
        try (House house = new House(settings, List.of("-Xmx256m"))) {
            house.link(DEVICE, PHONE);
            HttpClient client = vertx.createHttpClient();
            transfer(house, client, MEBIBYTE); // warm
            transfer(house, client, 15 * MEBIBYTE);
            double small = measure(house, client, "1 MiB", MEBIBYTE);
            double large = measure(house, client, "16 MB", 16_000_000);
            report.row("peak memory, 16 MB beside 1 MiB", large - small, "MiB", "<= 16");
        } finally {
            Api.await(vertx.close());
        }
        System.out.println();
        report.print(System.out);
        if (json != null) {
            report.write(json);
        }
        return 0;
    }

    /** Milliseconds. */
    private record Times(double up, double down) {}

    private double measure(House house, HttpClient client, String name, int size) throws Exception {
        Path process = Path.of("/proc", Long.toString(house.kurir.pid()));
        Files.writeString(process.resolve("clear_refs"), "5"); // resets the high-water mark
        double[] up = new double[runs];
        double[] down = new double[runs];
        for (int run = 0; run < runs; run++) {
            Times times = transfer(house, client, size);
            up[run] = times.up();
            down[run] = times.down();
        }
        double peak = highWater(process);
        report.row(name + ": up, median", Sample.median(up), "ms");
        report.row(name + ": down, median", Sample.median(down), "ms");
        report.row(name + ": peak memory of Kurir's JVM", peak, "MiB");
        return peak;
    }

    private static double highWater(Path process) throws IOException {
        return Files.readAllLines(process.resolve("status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
                .sum();
    }

    private Times transfer(House house, HttpClient client, int size) throws Exception {
        byte[] content = document(size);
        long begin = System.nanoTime();
        JsonObject sent = upload(house, client, content);
        double up = (System.nanoTime() - begin) / 1e6;
        requireSame(sha256(content), house, PEER, sent.getString("messageId"));
        begin = System.nanoTime();
        download(house, client, size);
        double down = (System.nanoTime() - begin) / 1e6;
        return new Times(up, down);
    }

    /** Text, since a type is found by content; each document another one, so that none is in the store already. */
    private byte[] document(int size) {
        byte[] content = new byte[size];
        for (int i = 0; i < size; i++) {
            content[i] = (byte) ('a' + random.nextInt(26));
        }
        return content;
    }

    private static JsonObject upload(House house, HttpClient client, byte[] content) {
        String boundary = "bench-media-boundary";
        Buffer body = Buffer.buffer();
        Map.of("to", PEER, "mediaType", "document")
                .forEach((name, value) -> body.appendString("--" + boundary
                        + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"));
        body.appendString(
                "--" + boundary
                        + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"bench.txt\"\r\nContent-Type: text/plain\r\n\r\n");
        body.appendBytes(content).appendString("\r\n--" + boundary + "--\r\n");
        RequestOptions request = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setAbsoluteURI(house.apiUrl.resolve(PATH + "/send-media").toString())
                .putHeader("x-api-key", House.KEY)
                .putHeader("content-type", "multipart/form-data; boundary=" + boundary);
        Buffer answer = Api.await(client.request(request)
                .compose(opened -> opened.send(body))
                .compose(response -> response.body().map(bytes -> {
                    if (response.statusCode() != 200) {
                        throw new IllegalStateException("send-media: " + response.statusCode() + " " + bytes);
                    }
                    return bytes;
                })));
        return new JsonObject(answer).getJsonObject("data");
    }

    /** A file that the simulated phone makes up. */
    private static void download(House house, HttpClient client, int size) throws Exception {
        JsonObject media = new JsonObject()
                .put("kind", "document")
                .put("mimetype", "text/plain")
                .put("fileName", "bench.txt")
                .put("size", size);
        String id = house.phones
                .post(
                        "/api/phones/" + PEER + "/messages",
                        new JsonObject().put("to", PHONE).put("media", media))
                .ok("a phone sends")
                .json()
                .getString("id");
        String link = house.poll("the file " + id, house.kurir, () -> {
            Api.Answer answer = house.api.get(PATH + "/messages/" + id + "/media");
            return answer.status() == 200
                    ? java.util.Optional.of(answer.json().getJsonObject("data").getString("url"))
                    : java.util.Optional.empty();
        });
        RequestOptions request =
                new RequestOptions().setAbsoluteURI(URI.create(link).toString());
        Buffer file = Api.await(
                client.request(request).compose(opened -> opened.send()).compose(response -> response.body()));
        requireSame(sha256(file.getBytes()), house, PHONE, id);
    }

    /** Against the sum of what the simulated phone has. */
    private static void requireSame(String sum, House house, String phone, String id) {
        JsonObject message = house.phones
                .get("/api/phones/" + phone + "/messages?id=" + id)
                .ok("what a phone has")
                .json()
                .getJsonArray("messages")
                .getJsonObject(0);
        if (!sum.equals(message.getJsonObject("media").getString("sha256"))) {
            throw new IllegalStateException("other bytes came: " + message);
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new UncheckedIOException(new IOException(impossible));
        }
    }
}
