package io.kurir.message;

import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Command;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.OutgoingMessage;
import io.kurir.whatsapp.PageException;
import io.kurir.whatsapp.WhatsApp;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/**
 * An account whose page fails in every way that the port allows, by chance: it does not answer, acts and does not answer, refuses, takes and then fails,
 * loses acks, and is opened again with what it had. Belongs to one context.
 */
final class MoodyWhatsApp {

    /** Who hears the page now. */
    interface Heard {
        void acked(Jid chat, String stanzaId, Ack ack);

        void failed(String stanzaId, String reason);
    }

    /** A message in the page's store; {@code failed} ones are submitted again when asked. */
    private static final class Held {
        final Jid chat;
        Ack ack = Ack.NONE;
        boolean failed;
        boolean everFailed;
        /** Refused as the account is restricted, of which WhatsApp is sure. */
        boolean restricted;

        Held(Jid chat) {
            this.chat = chat;
        }
    }

    private final Vertx vertx;
    private final Context context;
    private final Random random;
    private final Map<String, Held> store = new LinkedHashMap<>();
    private Optional<Heard> heard = Optional.empty();
    private int life;
    private boolean calm;

    MoodyWhatsApp(Vertx vertx, Context context, Random random) {
        this.vertx = vertx;
        this.context = context;
        this.random = random;
    }

    void reopened(Heard by) {
        life++;
        heard = Optional.of(by);
    }

    /** No more moods: what is asked is done, and what waits goes out. */
    void calm() {
        calm = true;
        store.forEach((id, held) -> {
            if (!held.failed && held.ack == Ack.NONE) {
                rise(id, held, Ack.SERVER);
            }
        });
    }

    /** The page of this life. */
    WhatsApp.Page page() {
        int mine = life;
        return new WhatsApp.Page() {
            @Override
            @SuppressWarnings("unchecked") // the answer's type is the command's
            public <R> Future<R> execute(Command<R> command, Duration timeout) {
                if (mine != life) {
                    return gone(random.nextBoolean() ? PageException.Kind.GONE : PageException.Kind.FENCED);
                }
                return switch (command) {
                    case Command.Send send -> (Future<R>) send(send.messages());
                    case Command.Find find -> (Future<R>) find(find.stanzaId());
                    default -> throw new AssertionError("not asked of a page that sends: " + command);
                };
            }

            @Override
            public Future<Void> extend(Supplier<Duration> remaining) {
                return Future.succeededFuture();
            }

            @Override
            public Future<Void> close() {
                return Future.succeededFuture();
            }
        };
    }

    private static <R> Future<R> gone(PageException.Kind kind) {
        return Future.failedFuture(new PageException(kind, "as the mood is"));
    }

    private boolean chance(int percent) {
        return !calm && random.nextInt(100) < percent;
    }

    private Future<List<Command.SendAnswer>> send(List<OutgoingMessage> messages) {
        if (chance(5)) {
            return gone(PageException.Kind.FAILED);
        }
        if (chance(5)) {
            return gone(PageException.Kind.TIMEOUT);
        }
        List<Command.SendAnswer> answers = new ArrayList<>();
        messages.forEach(message -> answers.add(submit(message)));
        return chance(10) ? gone(PageException.Kind.TIMEOUT) : later(answers);
    }

    private <R> Future<R> later(R answer) {
        return vertx.timer(1 + random.nextInt(5)).map(answer);
    }

    private Command.SendAnswer submit(OutgoingMessage message) {
        Optional<Held> before = Optional.ofNullable(store.get(message.stanzaId()));
        if (before.isPresent() && !before.get().failed) {
            return new Command.Known(before.get().ack);
        }
        if (chance(8)) {
            return new Command.Refused(Command.Reason.PAGE_ERROR, "mood");
        }
        if (chance(2)) {
            return new Command.Refused(Command.Reason.NOT_ON_WHATSAPP, "mood");
        }
        if (chance(1)) {
            return new Command.Refused(Command.Reason.RESTRICTED, "mood");
        }
        Held held = before.orElseGet(() -> new Held(message.to()));
        held.failed = false;
        store.put(message.stanzaId(), held);
        after(random.nextInt(30), () -> fate(message.stanzaId(), held));
        return new Command.Taken();
    }

    private void fate(String id, Held held) {
        if (chance(10)) {
            held.failed = true;
            held.everFailed = true;
            held.restricted |= chance(10);
            if (!chance(20)) {
                heard.ifPresent(by -> by.failed(id, held.restricted ? "RESTRICTED: mood" : "ERROR_UNKNOWN"));
            }
        } else if (chance(10)) {
            after(500, () -> rise(id, held, Ack.SERVER)); // it waits in the page's own outbox
        } else {
            rise(id, held, Ack.SERVER);
            if (chance(50)) {
                after(random.nextInt(20), () -> rise(id, held, Ack.READ));
                after(random.nextInt(20), () -> rise(id, held, Ack.DELIVERED));
            }
        }
    }

    private void rise(String id, Held held, Ack ack) {
        held.failed = false;
        if (ack.reached(held.ack)) {
            held.ack = ack;
        }
        if (!chance(10)) { // else it is lost
            heard.ifPresent(by -> by.acked(held.chat, id, ack));
        }
    }

    private void after(int ms, Runnable deed) {
        vertx.setTimer(Math.max(1, ms), _ -> context.runOnContext(_ -> deed.run()));
    }

    /** A receipt of a message that has its outcome already, perhaps a lower one, perhaps of one that seemed to have failed. */
    void lateAck() {
        List<String> ids = store.keySet().stream()
                .filter(id -> !Optional.ofNullable(store.get(id)).orElseThrow().restricted)
                .toList();
        if (!ids.isEmpty()) {
            String id = ids.get(random.nextInt(ids.size()));
            rise(id, Optional.ofNullable(store.get(id)).orElseThrow(), random.nextBoolean() ? Ack.DELIVERED : Ack.READ);
        }
    }

    private Future<Command.Finding> find(String id) {
        if (chance(10)) {
            return gone(PageException.Kind.TIMEOUT);
        }
        Optional<Held> held = Optional.ofNullable(store.get(id));
        return later(
                held.<Command.Finding>map(there -> there.failed ? new Command.Failed() : new Command.Present(there.ack))
                        .orElseGet(Command.Absent::new));
    }

    /** By stanza id, how far each has really come. */
    Map<String, Integer> acks() {
        Map<String, Integer> acks = new HashMap<>();
        store.forEach((id, held) -> acks.put(id, held.ack.level()));
        return acks;
    }

    /** What went out and never seemed to have failed. */
    List<String> certain() {
        return store.entrySet().stream()
                .filter(each -> each.getValue().ack != Ack.NONE && !each.getValue().everFailed)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** In the order in which the page took them first. */
    List<String> firstSubmissions() {
        return List.copyOf(store.keySet());
    }
}
