package io.kurir.whatsapp;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A device whose page is open, and everything that it told. */
public final class TestDevice {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final AtomicInteger COUNT = new AtomicInteger();

    public final Rig rig;
    public final String id;
    public final String phone;
    public final WhatsApp.Page page;
    private final List<PageEvent> events;

    private TestDevice(Rig rig, String id, String phone, WhatsApp.Page page, List<PageEvent> events) {
        this.rig = rig;
        this.id = id;
        this.phone = phone;
        this.page = page;
        this.events = events;
    }

    /** A new device, not linked. */
    public static TestDevice open(Rig rig, WhatsApp whatsApp) {
        int n = COUNT.incrementAndGet();
        return open(rig, whatsApp, "device-" + n, "62811000%05d1".formatted(n), 1, LONG);
    }

    public static TestDevice open(Rig rig, WhatsApp whatsApp, String id, String phone, long epoch, Duration remaining) {
        List<PageEvent> events = new ArrayList<>();
        long until = System.nanoTime() + remaining.toNanos();
        Supplier<Duration> left = () -> Duration.ofNanos(Math.max(0, until - System.nanoTime()));
        WhatsApp.Page page = Rig.get(whatsApp.open(id, epoch, left, event -> {
            synchronized (events) {
                events.add(event);
                events.notifyAll();
            }
        }));
        return new TestDevice(rig, id, phone, page, events);
    }

    /** The same device again, on its kept profile. */
    public TestDevice reopen(WhatsApp whatsApp, long epoch) {
        return open(rig, whatsApp, id, phone, epoch, LONG);
    }

    public TestDevice link() {
        scan();
        await(PageEvent.Ready.class);
        return this;
    }

    public void scan() {
        scan(0);
    }

    /** Scans the first code shown at or after a {@link #mark}. */
    public void scan(int from) {
        PageEvent.QrCode qr = await(PageEvent.QrCode.class, from, any -> true);
        rig.api("POST", "/api/phones/" + phone + "/scan", new JsonObject().put("qr", qr.code()));
    }

    public <E extends PageEvent> E await(Class<E> type) {
        return await(type, 0, any -> true);
    }

    public <E extends PageEvent> E await(Class<E> type, Predicate<E> which) {
        return await(type, 0, which);
    }

    /** The first such event at or after a {@link #mark}. */
    public <E extends PageEvent> E await(Class<E> type, int from, Predicate<E> which) {
        long end = System.nanoTime() + Rig.PATIENCE.toNanos();
        synchronized (events) {
            while (true) {
                Optional<E> found = find(type, from, which);
                if (found.isPresent()) {
                    return found.get();
                }
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    throw new AssertionError("no " + type.getSimpleName() + " among " + events);
                }
                try {
                    events.wait(left);
                } catch (InterruptedException interrupted) {
                    throw new AssertionError(interrupted);
                }
            }
        }
    }

    private <E extends PageEvent> Optional<E> find(Class<E> type, int from, Predicate<E> which) {
        return events.stream()
                .skip(from)
                .filter(type::isInstance)
                .map(type::cast)
                .filter(which)
                .findFirst();
    }

    public int mark() {
        synchronized (events) {
            return events.size();
        }
    }

    public List<PageEvent> events() {
        synchronized (events) {
            return List.copyOf(events);
        }
    }

    public <R> R execute(Command<R> command) {
        return Rig.get(page.execute(command, SOON));
    }

    public Command.SendAnswer send(OutgoingMessage text) {
        return execute(new Command.Send(List.of(text))).getFirst();
    }

    public static OutgoingMessage text(String stanzaId, String to, String text) {
        return OutgoingMessage.text(stanzaId, Jid.ofPhone(to), text);
    }

    public void awaitAck(String stanzaId, Ack ack) {
        await(PageEvent.Acked.class, acked -> acked.stanzaIds().contains(stanzaId) && acked.ack() == ack);
    }

    /** WhatsApp tells only the furthest when the recipient is faster than the server's answer. */
    public void awaitOnItsWay(String stanzaId) {
        await(
                PageEvent.Acked.class,
                acked -> acked.stanzaIds().contains(stanzaId) && acked.ack().compareTo(Ack.SERVER) >= 0);
    }
}
