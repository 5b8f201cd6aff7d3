package io.kurir.whatsapp.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kurir.whatsapp.Kept;
import io.kurir.whatsapp.PageEvent;
import io.kurir.whatsapp.PageException;
import io.kurir.whatsapp.PageException.Kind;
import io.kurir.whatsapp.WhatsApp;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * WhatsApp Web in one Chromium: a profile on disk and a page per device, in one browser process (30–85 MB for each further device, where a browser
 * of its own costs 160–200). Playwright starts and ends the browser; pages are opened and driven over one DevTools connection.
 *
 * <p>A page opens by starting the same executable again with another profile: it hands over to the running browser and exits.
 *
 * <p>May be called from any thread. State belongs to the Vert.x context that launched it; futures complete and events come there. Over 300
 * lines: opening a page is one way, to be read in one go.
 */
public final class Chromium implements WhatsApp {
    private static final Logger LOG = LoggerFactory.getLogger(Chromium.class);
    private static final Duration PROTOCOL = Duration.ofSeconds(10);
    /** How long a browser may take to let a closed profile go. */
    private static final Duration RELEASE = Duration.ofSeconds(10);

    /** For a further start to open its page: 0.5 s, now and then 5.6 s. The next ones wait behind it. */
    private static final Duration HAND_OVER = Duration.ofSeconds(20);

    private static final long POLL_MS = 50;
    private static final Pattern MAJOR = Pattern.compile("/(\\d{1,5})\\.");
    /** Of a further start Chromium opens no {@code about:} address but its new-tab page, by which nobody could tell the pages apart. */
    private static final String BLANK = "data:,kurir-";

    /**
     * Where the profiles are, what the pages open, and how the browser is started.
     *
     * @param userData the folder of this browser's profiles; the sibling folders are searched for a device's older profile
     * @param shared where the nodes' folders are, of which one holds {@code userData} and all are searched; empty: the siblings alone
     * @param baseUrl WhatsApp Web, or the simulator
     * @param executable empty: an installed Chrome or Chromium, else Playwright's own
     * @param sandbox off only where it cannot run, such as for root
     * @param hostRules Chromium's {@code --host-resolver-rules}
     * @param openTimeout for a page to open until our bridge answers
     * @param blocked requests that pages need not make
     * @param proxy what the browser reaches the network through
     * @param visible shows its windows on this machine's desktop
     */
    public record Options(
            Path userData,
            Optional<Path> shared,
            URI baseUrl,
            Optional<Path> executable,
            boolean sandbox,
            Optional<String> hostRules,
            Duration openTimeout,
            List<Blocked> blocked,
            Optional<URI> proxy,
            boolean visible) {

        /** Straight to the network, and nothing blocked. */
        public Options(
                Path userData,
                Optional<Path> shared,
                URI baseUrl,
                Optional<Path> executable,
                boolean sandbox,
                Optional<String> hostRules,
                Duration openTimeout,
                boolean visible) {
            this(
                    userData,
                    shared,
                    baseUrl,
                    executable,
                    sandbox,
                    hostRules,
                    openTimeout,
                    List.of(),
                    Optional.empty(),
                    visible);
        }
    }

    /** A page on its way: its deadline is extended, and its opener may change its mind, before there is a page. */
    private static final class Opening {
        private final Supplier<Duration> remaining;
        private boolean abandoned;
        private Optional<ChromiumPage> page = Optional.empty();

        Opening(Supplier<Duration> remaining) {
            this.remaining = remaining;
        }

        void extend() {
            page.ifPresent(loading -> loading.extend(remaining).onFailure(early -> LOG.debug("not extended", early)));
        }

        void abandon() {
            abandoned = true;
            page.ifPresent(ChromiumPage::close);
        }

        /** Fails for an opening that nobody wants or may go on with. */
        Supplier<Duration> remaining() {
            if (abandoned) {
                throw new PageException(Kind.GONE, "the opening was given up");
            }
            if (remaining.get().isZero()) {
                throw new PageException(Kind.FENCED, "the deadline passed before the page could be opened");
            }
            return remaining;
        }
    }

    private final Vertx vertx;
    private final Context context;
    private final Options options;
    private final PlaywrightDriver driver;
    private final BrowserProcess browser;
    private final Cdp cdp;
    private final ProfileFolders profiles;
    /** By DevTools' target id. */
    private final Map<String, ChromiumPage> pages = new HashMap<>();
    /** Pages that were asked for, by their unique first address. */
    private final Map<String, Promise<ChromiumPage.Target>> awaited = new HashMap<>();

    /** Addresses of pages that came too late for whoever asked: closed when they come. */
    private final Set<String> abandoned = new HashSet<>();

    private final Map<String, Opening> openings = new HashMap<>();
    private long opened;
    private Future<?> handingOver = Future.succeededFuture();
    /** The last process that was started to hand over a page. */
    private Future<Process> messenger = Future.failedFuture("none yet");

    private Chromium(
            Vertx vertx, Context context, Options options, PlaywrightDriver driver, BrowserProcess browser, Cdp cdp) {
        this.vertx = vertx;
        this.context = context;
        this.options = options;
        this.driver = driver;
        this.browser = browser;
        this.cdp = cdp;
        this.profiles = new ProfileFolders(options.userData(), options.shared());
        cdp.listen(Cdp.BROWSER, this::heard);
        cdp.closed().onComplete(end -> lost());
    }

    /**
     * Starts the browser, after ending one that a killed JVM left behind in the same folder. {@code meters} gets {@code kurir.cdp.calls}: what is
     * asked of browsers over DevTools.
     */
    public static Future<Chromium> launch(Vertx vertx, Options options, MeterRegistry meters) {
        Context context = vertx.getOrCreateContext();
        return OnContext.run(context, () -> {
            PlaywrightDriver driver = PlaywrightDriver.acquire();
            return vertx.executeBlocking(() -> BrowserProcess.prepare(options.userData()))
                    .compose(ready -> driver.submit(playwright -> BrowserProcess.start(playwright, driver, options)))
                    .compose(started ->
                            OnContext.run(context, () -> connect(vertx, context, options, driver, started, meters)))
                    .onFailure(fault -> driver.release());
        });
    }

    private static Future<Chromium> connect(
            Vertx vertx,
            Context context,
            Options options,
            PlaywrightDriver driver,
            BrowserProcess browser,
            MeterRegistry meters) {
        ObjectNode discover = Cdp.parameters().put("discover", true);
        discover.putArray("filter").addObject().put("type", "page");
        return vertx.executeBlocking(() -> BrowserProcess.devTools(options.userData()))
                .compose(address -> Cdp.connect(vertx, address, meters.counter("kurir.cdp.calls")))
                .map(cdp -> new Chromium(vertx, context, options, driver, browser, cdp))
                .compose(chromium -> chromium.cdp
                        .call(Cdp.BROWSER, "Target.setDiscoverTargets", discover, PROTOCOL)
                        .map(chromium))
                .onSuccess(Chromium::warnOfOldBrowser)
                .onFailure(fault -> driver.submit(playwright -> browser.end()));
    }

    private void warnOfOldBrowser() {
        cdp.call(Cdp.BROWSER, "Browser.getVersion", Cdp.parameters(), PROTOCOL).onSuccess(version -> {
            String product = version.path("product").asText();
            Matcher major = MAJOR.matcher(product);
            if (major.find() && Integer.parseInt(major.group(1)) < Executable.TESTED) {
                LOG.warn(
                        "{} is older than {}, which Kurir is tested with; 150 closes pages as they open",
                        product,
                        Executable.TESTED);
            }
        });
    }

    @Override
    public Future<Kept> claim(String deviceId, long epoch, long opened) {
        return OnContext.run(context, () -> retryWhileHeld(() -> profiles.claim(deviceId, epoch, opened)));
    }

    @Override
    public Future<Page> open(String deviceId, long epoch, Supplier<Duration> remaining, Consumer<PageEvent> events) {
        return OnContext.run(context, () -> {
            Opening mine = new Opening(remaining);
            openings.put(deviceId, mine);
            return claim(deviceId, epoch)
                    .compose(folder -> inTurn(() -> handOver(mine, String.valueOf(folder.getFileName()))
                            .compose(target -> attach(target, folder, epoch, events))))
                    .compose(page -> load(page, mine))
                    .onComplete(done -> openings.remove(deviceId, mine));
        });
    }

    @Override
    public void extendOpening(String deviceId) {
        context.runOnContext(here -> Optional.ofNullable(openings.get(deviceId)).ifPresent(Opening::extend));
    }

    @Override
    public void abandonOpening(String deviceId) {
        context.runOnContext(here -> Optional.ofNullable(openings.get(deviceId)).ifPresent(Opening::abandon));
    }

    @Override
    public Future<Boolean> answers(Duration patience) {
        return OnContext.run(
                context,
                () -> cdp.call(Cdp.BROWSER, "Browser.getVersion", Cdp.parameters(), patience)
                        .map(true)
                        .otherwise(false));
    }

    @Override
    public Future<Usage> usage() {
        return OnContext.run(
                context,
                () -> cdp.call(Cdp.BROWSER, "SystemInfo.getProcessInfo", Cdp.parameters(), PROTOCOL)
                        .compose(info -> vertx.executeBlocking(() -> ProcessUsage.of(info))));
    }

    /** Two hand-overs at once to a browser that has just started: now and then one of the pages was closed again by it. */
    private <T> Future<T> inTurn(Supplier<Future<T>> work) {
        Future<T> mine = handingOver.transform(before -> work.get());
        handingOver = mine;
        return mine;
    }

    /** The profile may still be held for a moment, by this browser too, after its page was closed. */
    private Future<Path> claim(String deviceId, long epoch) {
        ProfileFolders.checked(deviceId);
        return retryWhileHeld(() -> profiles.claim(deviceId, epoch));
    }

    private <T> Future<T> retryWhileHeld(Blocking<T> work) {
        long giveUp = System.nanoTime() + RELEASE.toNanos();
        return vertx.executeBlocking(work::run).recover(fault -> retry(work, giveUp, fault));
    }

    private <T> Future<T> retry(Blocking<T> work, long giveUp, Throwable fault) {
        if (!(fault instanceof ProfileFolders.ProfileInUseException) || System.nanoTime() > giveUp) {
            return Future.failedFuture(fault);
        }
        return vertx.timer(POLL_MS, TimeUnit.MILLISECONDS)
                .compose(later -> vertx.executeBlocking(work::run))
                .recover(again -> retry(work, giveUp, again));
    }

    private interface Blocking<T> {
        T run() throws IOException;
    }

    private Future<ChromiumPage.Target> handOver(Opening opening, String profile) {
        opening.remaining();
        if (gone().isComplete()) {
            return Future.failedFuture(new PageException(Kind.GONE, "the browser is gone"));
        }
        String url = BLANK + ++opened + "-" + Long.toHexString(System.nanoTime());
        List<String> line = Flags.further(browser.executable(), profile, url, options);
        Promise<ChromiumPage.Target> promise = Promise.promise();
        awaited.put(url, promise);
        long timer = vertx.setTimer(HAND_OVER.toMillis(), late -> {
            abandoned.add(url);
            promise.tryFail(new PageException(Kind.TIMEOUT, "the browser opened no page for " + profile));
        });
        Future<Process> started = vertx.executeBlocking(() -> new ProcessBuilder(line)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start())
                .onFailure(promise::tryFail);
        messenger = started;
        return promise.future()
                .onComplete(done -> {
                    awaited.remove(url);
                    vertx.cancelTimer(timer);
                })
                .recover(fault -> dismissed(started).transform(ended -> Future.failedFuture(fault)));
    }

    /**
     * Ends a process that was to hand a page over to the browser. One whose browser dies meanwhile becomes a browser itself, which nobody talks to and which
     * holds the folder and the profile.
     */
    private Future<?> dismissed(Future<Process> started) {
        return started.compose(process -> vertx.executeBlocking(() -> {
            Stream.concat(process.descendants(), Stream.of(process.toHandle())).forEach(ProcessHandle::destroyForcibly);
            return process.waitFor(RELEASE.toMillis(), TimeUnit.MILLISECONDS);
        }));
    }

    private Future<ChromiumPage> attach(
            ChromiumPage.Target target, Path folder, long epoch, Consumer<PageEvent> events) {
        ObjectNode parameters = Cdp.parameters().put("targetId", target.id()).put("flatten", true);
        return cdp.call(Cdp.BROWSER, "Target.attachToTarget", parameters, PROTOCOL)
                .map(answer -> {
                    String session = answer.path("sessionId").asText();
                    ChromiumPage page =
                            new ChromiumPage(context, cdp, session, target, epoch, events, () -> released(folder));
                    pages.put(target.id(), page);
                    return page;
                });
    }

    /** Whoever opens the profile next, here or on another node, must find it complete and free. */
    private Future<Void> released(Path folder) {
        return retryWhileHeld(() -> {
                    if (ProfileFolders.held(folder)) {
                        throw new ProfileFolders.ProfileInUseException(folder);
                    }
                    return folder;
                })
                .onFailure(fault -> LOG.warn("a closed page's profile is still held", fault))
                .otherwise(folder)
                .mapEmpty();
    }

    private Future<Page> load(ChromiumPage page, Opening opening) {
        Promise<Page> promise = Promise.promise();
        long timer = vertx.setTimer(
                options.openTimeout().toMillis(),
                late -> promise.tryFail(new PageException(Kind.TIMEOUT, "WhatsApp Web did not load in time")));
        opening.page = Optional.of(page);
        page.block(options.blocked())
                .compose(ready -> page.open(options.baseUrl(), opening.remaining()))
                .onSuccess(promise::tryComplete)
                .onFailure(promise::tryFail);
        return promise.future()
                .onComplete(done -> vertx.cancelTimer(timer))
                .recover(fault -> page.close().transform(closed -> Future.failedFuture(fault)));
    }

    @Override
    public Future<Map<String, Path>> files(String deviceId) {
        return OnContext.run(context, () -> retryWhileHeld(() -> profiles.files(deviceId)));
    }

    @Override
    public Future<Void> replace(String deviceId, long epoch, Function<Path, Future<Void>> fill) {
        return OnContext.run(
                context,
                () -> retryWhileHeld(() -> profiles.draft(deviceId))
                        .compose(draft -> fill.apply(draft)
                                .compose(_ -> retryWhileHeld(() -> profiles.install(deviceId, epoch, draft)))
                                .recover(fault -> retryWhileHeld(() -> profiles.discard(draft))
                                        .transform(_ -> Future.failedFuture(fault))))
                        .mapEmpty());
    }

    @Override
    public Future<Void> wipe(String deviceId) {
        return OnContext.run(
                context,
                () -> retryWhileHeld(() -> {
                            profiles.wipe(deviceId);
                            return deviceId;
                        })
                        .mapEmpty());
    }

    @Override
    public Future<Void> close() {
        return OnContext.run(context, () -> {
            List<Future<Void>> closing =
                    pages.values().stream().map(ChromiumPage::close).toList();
            return Future.join(new ArrayList<>(closing))
                    .transform(closed ->
                            driver.submit(playwright -> browser.end()).timeout(RELEASE.toSeconds(), TimeUnit.SECONDS))
                    .transform(ended -> ended.succeeded() ? gone() : kill());
        });
    }

    @Override
    public Future<Void> kill() {
        return vertx.executeBlocking(() -> {
                    Leftover.end(options.userData());
                    return options;
                })
                .compose(ended -> gone());
    }

    @Override
    public Future<Void> gone() {
        return cdp.closed();
    }

    /** For tests: the browser's process. */
    long pid() throws IOException {
        return BrowserProcess.pid(options.userData());
    }

    /** For tests: the addresses of all requests of all pages from now on; the list grows. */
    Future<List<String>> recordRequests() {
        List<String> urls = Collections.synchronizedList(new ArrayList<>());
        return driver.submit(playwright -> {
            browser.context().onRequest(request -> urls.add(request.url()));
            browser.context().onPage(page -> page.onWebSocket(socket -> urls.add(socket.url())));
            return urls;
        });
    }

    private void heard(String method, JsonNode parameters) {
        switch (method) {
            case "Target.targetCreated", "Target.targetInfoChanged" -> seen(parameters.path("targetInfo"));
            case "Target.targetDestroyed", "Target.detachedFromTarget" -> ended(parameters, "the page was closed");
            case "Target.targetCrashed" -> ended(parameters, "the page crashed");
            default -> {}
        }
    }

    private void seen(JsonNode target) {
        String url = target.path("url").asText();
        if (abandoned.remove(url)) {
            ObjectNode late =
                    Cdp.parameters().put("targetId", target.path("targetId").asText());
            cdp.call(Cdp.BROWSER, "Target.closeTarget", late, PROTOCOL);
        }
        Optional.ofNullable(awaited.get(url))
                .ifPresent(promise -> promise.tryComplete(new ChromiumPage.Target(
                        target.path("targetId").asText(),
                        target.path("browserContextId").asText())));
    }

    private void ended(JsonNode parameters, String reason) {
        Optional.ofNullable(pages.remove(parameters.path("targetId").asText()))
                .ifPresent(page -> page.goneBecause(reason));
    }

    private void lost() {
        List<ChromiumPage> left = List.copyOf(pages.values());
        pages.clear();
        driver.release();
        LOG.info("the browser in {} is gone", options.userData());
        // whoever is told starts another browser in the same folder
        dismissed(messenger).onComplete(ended -> {
            left.forEach(page -> page.goneBecause("the browser is gone"));
            List.copyOf(awaited.values())
                    .forEach(one -> one.tryFail(new PageException(Kind.GONE, "the browser is gone")));
        });
    }
}
