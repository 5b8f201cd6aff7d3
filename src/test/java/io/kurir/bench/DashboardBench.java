package io.kurir.bench;

import com.microsoft.playwright.Page;
import io.kurir.dashboard.Visitor;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code bin/bench dashboard}: how soon the page is there and what it weighs, whether it stays alive while much happens, and with long lists. The browser,
 * the server and the databases share this machine.
 */
@Command(
        name = "dashboard",
        mixinStandardHelpOptions = true,
        description = "The dashboard in a real browser: first view, 10,000 events a minute, a list of 100,000.")
final class DashboardBench implements Callable<Integer> {
    private static final int EVENTS_A_MINUTE = 10_000;
    private static final int ITEMS = 100_000;
    private static final int SENDERS = 8;

    private static final Map<String, String> LIFTED = Map.of(
            "KURIR_SEND_PER_MINUTE", "1000000",
            "KURIR_SEND_BURST", "1000000",
            "KURIR_HTTP_RATE_LIMIT", "1000000",
            "KURIR_ACCESS_LOGINS_PER_QUARTER_HOUR", "1000000");

    /** From here on the page counts how long it did not draw: frames that came late, and tasks of more than 50 ms. */
    private static final String WATCH = """
            () => {
              const seen = (globalThis.kurirBench = { gaps: [], blocked: 0 });
              let last = performance.now();
              const frame = (now) => { seen.gaps.push(now - last); last = now; requestAnimationFrame(frame); };
              requestAnimationFrame(frame);
              new PerformanceObserver((list) => list.getEntries().forEach((task) => (seen.blocked = Math.max(seen.blocked, task.duration))))
                .observe({ type: 'longtask' });
            }
            """;

    private static final String ROWS = "[role=region] > [role=list] > [role=listitem]";

    @Option(names = "--json", paramLabel = "FILE", description = "Write the rows there, too.")
    private @Nullable Path json;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "5", description = "Loads of each page (5).")
    private int runs;

    @Option(names = "--quick", description = "One run, small numbers: whether it works, not how fast.")
    private boolean quick;

    private final Report report = new Report("dashboard");

    @Override
    public Integer call() throws Exception {
        System.out.println(Machine.facts("instant pages"));
        try (QueueHouse house = new QueueHouse(LIFTED, List.of())) {
            List<String> devices = house.create("shop", 1);
            house.connect(devices);
            firstView(house);
            try (Visitor visitor = visitor(house)) {
                events(house, devices.getFirst(), visitor.page);
                items(house, devices.getFirst(), visitor.page);
            }
        }
        report.print(System.out);
        if (json != null) {
            report.write(json);
        }
        return 0;
    }

    private static URI base(QueueHouse house) {
        return URI.create("http://127.0.0.1:" + house.port);
    }

    private static Visitor visitor(QueueHouse house) {
        return new Visitor(base(house), "en-GB")
                .signIn(
                        String.valueOf(QueueHouse.SETTINGS.get("KURIR_ADMIN_EMAIL")),
                        String.valueOf(QueueHouse.SETTINGS.get("KURIR_ADMIN_PASSWORD")));
    }

    /** With an empty cache: the page to sign in, then the list of devices. */
    private void firstView(QueueHouse house) {
        List<Double> signIn = new ArrayList<>();
        List<Double> list = new ArrayList<>();
        List<Double> bytes = new ArrayList<>();
        for (int run = 0; run < (quick ? 1 : runs); run++) {
            try (Visitor stranger = new Visitor(base(house), "en-GB")) {
                stranger.go("sign-in");
                stranger.field("Password").waitFor();
                signIn.add(now(stranger.page));
                bytes.add(transferred(stranger.page));
            }
            try (Visitor known = visitor(house)) {
                known.page.reload();
                known.page.locator("tbody tr").first().waitFor();
                list.add(now(known.page));
            }
        }
        report.row("page to sign in: from the request until it takes input", median(signIn), "ms");
        report.row("page to sign in: over the wire", median(bytes) / 1000, "kB", "< 300");
        report.row("list of devices, reloaded: from the request until its rows are there", median(list), "ms");
    }

    private static double now(Page page) {
        return ((Number) page.evaluate("performance.now()")).doubleValue();
    }

    private static double transferred(Page page) {
        return ((Number) page.evaluate("""
                [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
                  .reduce((sum, { transferSize }) => sum + transferSize, 0)
                """)).doubleValue();
    }

    /** The log is open while messages are sent whose events come at that rate. */
    private void events(QueueHouse house, String device, Page page) throws Exception {
        page.navigate(base(house) + "/dashboard/events");
        page.getByText("Live").first().waitFor();
        double before = house.number("select count(*) from event");
        page.evaluate(WATCH);
        int seconds = quick ? 5 : 60;
        long begin = System.nanoTime();
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> send(house, device, seconds));
        while (!sending.isDone()) {
            page.waitForTimeout(100); // Playwright's messages flow while it waits
        }
        sending.get();
        double lasted = (System.nanoTime() - begin) / 1e9;
        double told = house.number("select count(*) from event") - before;
        drawn("event log", page);
        report.row("event log: events told", told / lasted * 60, "events/min", ">= " + EVENTS_A_MINUTE);
    }

    /** Paced: with these pages a message has one event. */
    private static void send(QueueHouse house, String device, int seconds) {
        int count = EVENTS_A_MINUTE / 60 * seconds * 6 / 5;
        long begin = System.nanoTime();
        try {
            Load.run(SENDERS, count, number -> {
                long due = begin + number * TimeUnit.SECONDS.toNanos(seconds) / count;
                TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                house.api
                        .post(
                                QueueHouse.DEVICES + "/" + device + "/send-message",
                                new JsonObject()
                                        .put(
                                                "to",
                                                QueueHouse.person(number % Load.PEOPLE)
                                                        .user())
                                        .put("message", QueueHouse.TEXT + " " + number))
                        .ok("send");
            });
        } catch (Exception e) {
            throw new IllegalStateException("sending for the log failed", e);
        }
    }

    /** A broadcast that has not begun: its items from the first to the last. */
    private void items(QueueHouse house, String device, Page page) {
        int count = quick ? 2_000 : ITEMS;
        JsonArray recipients = new JsonArray(IntStream.range(0, count)
                .mapToObj(number ->
                        new JsonObject().put("to", QueueHouse.person(number).user()))
                .toList());
        String job = house.api
                .post(
                        QueueHouse.DEVICES + "/" + device + "/jobs/send-text",
                        new JsonObject()
                                .put("messages", recipients)
                                .put("template", QueueHouse.TEXT)
                                .put("scheduleTime", "2099-01-01 08:00:00")
                                .put("timezone", "Asia/Jakarta"))
                .ok("job")
                .json()
                .getJsonObject("data")
                .getString("jobId");
        page.navigate(base(house) + "/dashboard/jobs/" + job);
        page.locator(ROWS).first().waitFor();
        page.evaluate(WATCH);
        long begin = System.nanoTime();
        for (int step = 1; step <= 20; step++) {
            page.evaluate(
                    "([rows, share]) => { const box = document.querySelector(rows).closest('[role=region]'); box.scrollTop = box.scrollHeight * share; }",
                    List.of(ROWS, step / 20.0));
            page.waitForTimeout(100);
        }
        page.getByText("+" + QueueHouse.person(count - 1).user()).first().waitFor();
        report.row(
                "list of %d: from its first to its last in 20 steps".formatted(count),
                (System.nanoTime() - begin) / 1e6,
                "ms");
        drawn("list of %d".formatted(count), page);
    }

    private void drawn(String name, Page page) {
        JsonObject seen = new JsonObject((String) page.evaluate("JSON.stringify(kurirBench)"));
        double[] gaps = seen.getJsonArray("gaps").stream()
                .mapToDouble(gap -> ((Number) gap).doubleValue())
                .sorted()
                .toArray();
        report.row(name + ": time between frames, p99", gaps[(int) Math.ceil(0.99 * gaps.length) - 1], "ms");
        report.row(name + ": longest time without a frame", gaps[gaps.length - 1], "ms", "< 1000");
        report.row(name + ": longest task", seen.getDouble("blocked"), "ms");
    }

    private static double median(List<Double> values) {
        return Sample.median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
