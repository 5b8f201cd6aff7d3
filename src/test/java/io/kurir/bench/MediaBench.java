package io.kurir.bench;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bin/bench media}: documents up (as a form or as Base64 → Kurir → the page → a simulated phone) and down (a phone → the page → Kurir's store → the
 * signed link), several at once, each compared byte by byte, and what they do to the memory of Kurir's JVM. Each size and way has a JVM of its own: its
 * peak is that of its whole life, so nothing that came before can hide it.
 */
@Command(
        name = "media",
        mixinStandardHelpOptions = true,
        description =
                "Documents of 16 MB up and down, several at once, and the peak memory of Kurir's JVM beside that of one that had 1 MiB ones.")
final class MediaBench implements Callable<Integer> {
    private static final String DEVICE = "bench-media";
    private static final String PHONE = "6281100000901";
    private static final String PEER = "6281200000901";
    private static final String PATH = "/api/whatsapp-multi-device/devices/" + DEVICE;
    private static final int MEBIBYTE = 1 << 20;
    private static final int LARGE = 16_000_000;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the rows there, too.")
    private @Nullable Path json;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "16", description = "Documents of each size (16).")
    private int runs;

    @Option(names = "--parallel", paramLabel = "N", defaultValue = "4", description = "Documents at a time (4).")
    private int parallel;

    private final Report report = new Report("media");
    private final AtomicInteger seeds = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();

    @Override
    public Integer call() throws Exception {
        System.out.println(Machine.facts());
        System.out.println("""
                Up: from the first HTTP request to the answer 200, which means that the server's ack is committed. Down: from the phone's sending until
                the last byte came over the signed link. %d documents, %d at a time. Peak memory: VmHWM of Kurir's JVM from its start to the last
                document, heap limited to 256 MiB; a JVM of its own for each row.
                """.formatted(runs, parallel));
        double small = measure("1 MiB as a form", MEBIBYTE, true);
        double large = measure("16 MB as a form", LARGE, true);
        report.row("peak memory, forms of 16 MB beside 1 MiB", large - small, "MiB", "<= 16");
        double text = measure("1 MiB as Base64", MEBIBYTE, false);
        double largeText = measure("16 MB as Base64", LARGE, false);
        report.row("peak memory, Base64 of 16 MB beside 1 MiB", largeText - text, "MiB");
        System.out.println();
        report.print(System.out);
        if (json != null) {
            report.write(json);
        }
        return 0;
    }

    /** Milliseconds. */
    private record Times(double up, double down) {}

    /** The peak in MiB. */
    private double measure(String name, int size, boolean form) throws Exception {
        Map<String, String> settings = Map.of("KURIR_SEND_PER_MINUTE", "1000000", "KURIR_SEND_BURST", "1000000");
        refused.set(0);
        Vertx vertx = Vertx.vertx();
        try (House house = new House(settings, List.of("-Xmx256m"));
                ExecutorService hands = Executors.newFixedThreadPool(parallel)) {
            house.link(DEVICE, PHONE);
            HttpClient client = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(2 * parallel));
            List<Future<Times>> transfers = IntStream.range(0, runs)
                    .mapToObj(_ -> hands.submit(() -> transfer(house, client, size, form)))
                    .toList();
            double[] up = new double[runs];
            double[] down = new double[runs];
            for (int run = 0; run < runs; run++) {
                Times times = transfers.get(run).get();
                up[run] = times.up();
                down[run] = times.down();
            }
            double peak = highWater(Path.of("/proc", Long.toString(house.kurir.pid())));
            report.row(name + ": up, median", Sample.median(up), "ms");
            report.row(name + ": down, median", Sample.median(down), "ms");
            report.row(name + ": told to come again (503)", refused.get(), "times");
            report.row(name + ": peak memory of Kurir's JVM", peak, "MiB");
            return peak;
        } finally {
            Api.await(vertx.close());
        }
    }

    private static double highWater(Path process) throws IOException {
        return Files.readAllLines(process.resolve("status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
                .sum();
    }

    private Times transfer(House house, HttpClient client, int size, boolean form) throws Exception {
        byte[] content = document(size);
        Body body = form ? form(content) : base64(content);
        long begin = System.nanoTime();
        JsonObject sent = upload(house, client, body);
        double up = (System.nanoTime() - begin) / 1e6;
        requireSame(sha256(content), house, PEER, sent.getString("messageId"));
        begin = System.nanoTime();
        download(house, client, size);
        double down = (System.nanoTime() - begin) / 1e6;
        return new Times(up, down);
    }

    /** Text, since a type is found by content; each document another one, so that none is in the store already. */
    private byte[] document(int size) {
        Random random = new Random(seeds.incrementAndGet());
        byte[] content = new byte[size];
        for (int i = 0; i < size; i++) {
            content[i] = (byte) ('a' + random.nextInt(26));
        }
        return content;
    }

    private record Body(String type, Buffer bytes) {}

    private static Body form(byte[] content) {
        String boundary = "bench-media-boundary";
        Buffer body = Buffer.buffer();
        Map.of("to", PEER, "mediaType", "document")
                .forEach((name, value) -> body.appendString("--" + boundary
                        + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"));
        body.appendString(
                "--" + boundary
                        + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"bench.txt\"\r\nContent-Type: text/plain\r\n\r\n");
        body.appendBytes(content).appendString("\r\n--" + boundary + "--\r\n");
        return new Body("multipart/form-data; boundary=" + boundary, body);
    }

    private static Body base64(byte[] content) {
        JsonObject body = new JsonObject()
                .put("to", PEER)
                .put("mediaType", "document")
                .put("fileName", "bench.txt")
                .put("base64", Base64.getEncoder().encodeToString(content));
        return new Body("application/json", body.toBuffer());
    }

    private record Reply(int status, Duration again, Buffer body) {}

    /** As often as the answer is to come again. */
    private JsonObject upload(House house, HttpClient client, Body body) throws InterruptedException {
        while (true) {
            Reply reply = post(house, client, body);
            if (reply.status() == 200) {
                return new JsonObject(reply.body()).getJsonObject("data");
            }
            if (reply.status() != 503) {
                throw new IllegalStateException("send-media: " + reply.status() + " " + reply.body());
            }
            refused.incrementAndGet();
            Thread.sleep(reply.again());
        }
    }

    /** Asks before it sends, since what is refused unread is cut off. */
    private static Reply post(House house, HttpClient client, Body body) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setAbsoluteURI(house.apiUrl.resolve(PATH + "/send-media").toString())
                .putHeader("x-api-key", House.KEY)
                .putHeader("content-type", body.type())
                .putHeader("content-length", Integer.toString(body.bytes().length()))
                .putHeader("expect", "100-continue");
        return Api.await(client.request(options).compose(request -> {
            request.exceptionHandler(_ -> {}); // a refused one is cut off after its answer
            request.continueHandler(_ -> request.end(body.bytes()));
            request.sendHead();
            return request.response()
                    .compose(response -> response.body()
                            .map(bytes -> new Reply(
                                    response.statusCode(),
                                    Duration.ofSeconds(Long.parseLong(
                                            String.valueOf(Optional.ofNullable(response.getHeader("retry-after"))
                                                    .orElse("1")))),
                                    bytes)));
        }));
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
                    ? Optional.of(answer.json().getJsonObject("data").getString("url"))
                    : Optional.empty();
        });
        RequestOptions request =
                new RequestOptions().setAbsoluteURI(URI.create(link).toString());
        Buffer file = Api.await(
                client.request(request).compose(opened -> opened.send()).compose(response -> response.body()));
        requireSame(sha256(file.getBytes()), house, PHONE, id);
    }

    /** Against the sum of what the simulated phone has, which gets it a moment after the server. */
    private static void requireSame(String sum, House house, String phone, String id) throws Exception {
        JsonObject message = house.poll(
                "the message " + id,
                house.kurir,
                () -> house
                        .phones
                        .get("/api/phones/" + phone + "/messages?id=" + id)
                        .ok("what a phone has")
                        .json()
                        .getJsonArray("messages")
                        .stream()
                        .map(JsonObject.class::cast)
                        .findFirst());
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
