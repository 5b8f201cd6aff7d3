package io.kurir.session;

import io.kurir.whatsapp.Command;
import io.kurir.whatsapp.Identity;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.PageEvent;
import io.kurir.whatsapp.PageException;
import io.kurir.whatsapp.WhatsApp;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A browser at the port whose pages do as a test says, and that remembers what was asked of it. */
final class FakeWhatsApp implements WhatsApp {

    /** What is the same for all browsers of a node: who is linked, what does not work, what was done. */
    static final class Network {
        final Set<String> linked = ConcurrentHashMap.newKeySet();
        final Set<String> wiped = ConcurrentHashMap.newKeySet();
        /** Devices whose pages do not answer, whose server does not, and that cannot be opened. */
        final Set<String> frozen = ConcurrentHashMap.newKeySet();

        final Set<String> deaf = ConcurrentHashMap.newKeySet();
        final Set<String> unopenable = ConcurrentHashMap.newKeySet();
        /** What cures a frozen or deaf device: reload, reopen, browser. */
        final Map<String, String> cure = new ConcurrentHashMap<>();

        /** What a page tells when it is closed. */
        final List<PageEvent> parting = new CopyOnWriteArrayList<>();

        final Map<String, Promise<Void>> slow = new ConcurrentHashMap<>();
        final Map<String, FakePage> pages = new ConcurrentHashMap<>();
        final List<String> done = new CopyOnWriteArrayList<>();
        final List<FakeWhatsApp> browsers = new CopyOnWriteArrayList<>();

        FakePage page(String device) {
            return Objects.requireNonNull(pages.get(device));
        }

        void note(String what) {
            done.add(what);
        }

        void cured(String device, String by) {
            if (by.equals(cure.get(device))) {
                frozen.remove(device);
                deaf.remove(device);
                unopenable.remove(device);
            }
        }
    }

    private final Network network;
    private final WorkerVerticle.Place place;
    private final Context context = Objects.requireNonNull(Vertx.currentContext());
    private final Promise<Void> gone = Promise.promise();
    private final Set<FakePage> pages = ConcurrentHashMap.newKeySet();

    FakeWhatsApp(Network network, WorkerVerticle.Place place) {
        this.network = network;
        this.place = place;
        network.browsers.add(this);
        network.note("launch " + place.folder());
    }

    String folder() {
        return place.folder();
    }

    boolean running() {
        return !gone.future().isComplete();
    }

    @Override
    public Future<Page> open(String deviceId, long epoch, Supplier<Duration> remaining, Consumer<PageEvent> events) {
        network.note("open " + deviceId);
        network.cured(deviceId, "reopen");
        if (!place.folder().equals("1")) {
            network.cured(deviceId, "browser");
        }
        Future<Void> loaded = Optional.ofNullable(network.slow.get(deviceId))
                .map(Promise::future)
                .orElseGet(Future::succeededFuture);
        return loaded.compose(_ -> {
            if (network.unopenable.contains(deviceId)) {
                return Future.failedFuture(new PageException(PageException.Kind.FAILED, "net::ERR_FAKE"));
            }
            FakePage page = new FakePage(deviceId, events);
            pages.add(page);
            network.pages.put(deviceId, page);
            page.arrive();
            return Future.succeededFuture(page);
        });
    }

    @Override
    public void extendOpening(String deviceId) {
        network.note("extend " + deviceId);
    }

    @Override
    public void abandonOpening(String deviceId) {
        network.note("abandon " + deviceId);
        Optional.ofNullable(network.slow.remove(deviceId)).ifPresent(waits -> waits.tryFail("abandoned"));
    }

    @Override
    public Future<Void> wipe(String deviceId) {
        network.linked.remove(deviceId);
        network.wiped.add(deviceId);
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> close() {
        network.note("close browser " + place.folder());
        List.copyOf(pages).forEach(FakePage::end);
        gone.tryComplete();
        return Future.succeededFuture();
    }

    /** As a browser dies. */
    void die() {
        gone.tryComplete();
        List.copyOf(pages).forEach(FakePage::end);
    }

    @Override
    public Future<Void> gone() {
        return gone.future();
    }

    /** One page; what it tells comes on the browser's context. */
    final class FakePage implements Page {
        private final String deviceId;
        private final Consumer<PageEvent> events;
        private boolean ended;

        FakePage(String deviceId, Consumer<PageEvent> events) {
            this.deviceId = deviceId;
            this.events = events;
        }

        void tell(PageEvent event) {
            context.runOnContext(_ -> events.accept(event));
        }

        private void arrive() {
            if (network.linked.contains(deviceId)) {
                tell(new PageEvent.Ready(me()));
            } else {
                tell(new PageEvent.QrCode("qr of " + deviceId));
            }
        }

        private Identity me() {
            return new Identity(Jid.ofPhone("6281100000001"), Optional.empty(), "me");
        }

        void link() {
            network.linked.add(deviceId);
            tell(new PageEvent.Linked(me()));
            tell(new PageEvent.Ready(me()));
        }

        void end() {
            if (!ended) {
                ended = true;
                pages.remove(this);
                tell(new PageEvent.Gone("ended"));
            }
        }

        @Override
        @SuppressWarnings("unchecked") // the answer's type is the command's
        public <R> Future<R> execute(Command<R> command, Duration timeout) {
            if (network.frozen.contains(deviceId)) {
                return Future.failedFuture(new PageException(PageException.Kind.TIMEOUT, "not answered in time"));
            }
            return switch (command) {
                case Command.Probe _ -> {
                    network.note("probe " + deviceId);
                    yield (Future<R>) Future.succeededFuture(new Command.Pulse(true, !network.deaf.contains(deviceId)));
                }
                case Command.Logout _ -> {
                    network.linked.remove(deviceId);
                    yield (Future<R>) Future.succeededFuture(true);
                }
                default -> Future.failedFuture(new PageException(PageException.Kind.FAILED, "not faked"));
            };
        }

        @Override
        public Future<Void> reload() {
            network.note("reload " + deviceId);
            network.cured(deviceId, "reload");
            if (!network.deaf.contains(deviceId)) {
                arrive();
            }
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> extend(Supplier<Duration> remaining) {
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> close() {
            network.note("close " + deviceId);
            network.parting.forEach(this::tell);
            end();
            return Future.succeededFuture();
        }
    }
}
