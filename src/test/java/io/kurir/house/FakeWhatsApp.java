package io.kurir.house;

import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Command;
import io.kurir.whatsapp.Identity;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.OutgoingMessage;
import io.kurir.whatsapp.PageEvent;
import io.kurir.whatsapp.PageException;
import io.kurir.whatsapp.Person;
import io.kurir.whatsapp.Request;
import io.kurir.whatsapp.WhatsApp;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * WhatsApp at the port, as a test scripts it: every page is linked and ready at once, or shows a QR code until {@link #scan}, takes every message and says that the server has it; requests
 * are answered by what the test gave for their class, and remembered.
 */
final class FakeWhatsApp implements WhatsApp {
    private record Open(Context context, Consumer<PageEvent> events) {}

    private static final Identity ME =
            new Identity(Jid.ofPhone("6281100000001"), Optional.of(new Jid("1100", Jid.LID)), "Me");

    /** Whether a page that opens is linked already. */
    volatile boolean linked = true;

    /** The devices whose pages were opened, each time anew. */
    final List<String> opened = new CopyOnWriteArrayList<>();

    final List<String> wiped = new CopyOnWriteArrayList<>();

    final List<OutgoingMessage> sent = new CopyOnWriteArrayList<>();
    /** What becomes of a message; one that is taken is acknowledged. */
    volatile Function<OutgoingMessage, Command.SendAnswer> onSend = _ -> new Command.Taken();

    /** Who is on WhatsApp: whose number does not end with 0, but where a document's own numbers do. */
    volatile Predicate<Jid> known = number -> !number.user().endsWith("0");

    final List<Request<?>> asked = new CopyOnWriteArrayList<>();
    private final Map<Class<?>, Function<Request<?>, Object>> answers = new ConcurrentHashMap<>();
    private final Map<String, Open> pages = new ConcurrentHashMap<>();
    private final Promise<Void> gone = Promise.promise();

    /** The answer to every request of this class from now on. */
    <A extends Record, R extends Request<A>> void answer(Class<R> request, Function<R, A> answer) {
        answers.put(request, asked -> answer.apply(request.cast(asked)));
    }

    <R extends Request<?>> void refuse(Class<R> request, Request.Refusal why) {
        answers.put(request, _ -> {
            throw PageException.refused(why, why.name());
        });
    }

    void fail(Class<? extends Request<?>> request, PageException.Kind kind) {
        answers.put(request, _ -> {
            throw new PageException(kind, "as the test says");
        });
    }

    /** As if the device's page told it by itself. */
    void tell(String deviceId, PageEvent event) {
        Open page = pages.get(deviceId);
        page.context().runOnContext(_ -> page.events().accept(event));
    }

    /** As if the phone scanned the code that the device's page shows. */
    void scan(String deviceId) {
        tell(deviceId, new PageEvent.Linked(ME));
        tell(deviceId, new PageEvent.Ready(ME));
    }

    @Override
    public Future<Page> open(String deviceId, long epoch, Supplier<Duration> remaining, Consumer<PageEvent> events) {
        Context context = Vertx.currentContext();
        pages.put(deviceId, new Open(context, events));
        opened.add(deviceId);
        PageEvent first = linked ? new PageEvent.Ready(ME) : new PageEvent.QrCode("2@fake," + deviceId);
        context.runOnContext(_ -> events.accept(first));
        return Future.succeededFuture(new FakeDevice(deviceId));
    }

    private final class FakeDevice implements Page {
        private final String deviceId;

        FakeDevice(String deviceId) {
            this.deviceId = deviceId;
        }

        @Override
        @SuppressWarnings("unchecked") // the answer's type is the command's
        public <R> Future<R> execute(Command<R> command, Duration timeout) {
            return switch (command) {
                case Command.Send send -> (Future<R>) send(send.messages());
                case Command.CheckNumbers check -> (Future<R>) Future.succeededFuture(check(check.numbers()));
                case Request<?> request -> (Future<R>) answer(request);
                case Command.Find _ -> (Future<R>) Future.succeededFuture(new Command.Absent());
                case Command.Logout _ -> (Future<R>) Future.succeededFuture(true);
                case Command.Probe _ -> (Future<R>) Future.succeededFuture(new Command.Pulse(true, true));
                case Command.RequestPairingCode _ -> (Future<R>) Future.succeededFuture("ABCD1234");
                case Command.Download _, Command.RefreshQr _, Command.ReadStatus _ ->
                    Future.failedFuture("not scripted: " + command);
            };
        }

        private Future<List<Command.SendAnswer>> send(List<OutgoingMessage> messages) {
            sent.addAll(messages);
            List<Command.SendAnswer> answers = messages.stream().map(onSend).toList();
            for (int i = 0; i < answers.size(); i++) {
                OutgoingMessage each = messages.get(i);
                if (answers.get(i) instanceof Command.Taken) {
                    tell(deviceId, new PageEvent.Acked(each.to(), List.of(each.stanzaId()), Ack.SERVER));
                }
            }
            return Future.succeededFuture(answers);
        }

        private Map<Jid, Person> check(List<Jid> numbers) {
            return numbers.stream()
                    .filter(known)
                    .collect(Collectors.toMap(
                            number -> number, number -> new Person(Optional.of(number), Optional.empty())));
        }

        private Future<Object> answer(Request<?> request) {
            asked.add(request);
            Function<Request<?>, Object> answer = answers.get(request.getClass());
            if (answer == null) {
                return Future.failedFuture("not scripted: " + request);
            }
            try {
                return Future.succeededFuture(answer.apply(request));
            } catch (PageException refused) {
                return Future.failedFuture(refused);
            }
        }

        @Override
        public Future<Void> extend(Supplier<Duration> remaining) {
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> close() {
            return Future.succeededFuture();
        }
    }

    @Override
    public Future<Void> wipe(String deviceId) {
        wiped.add(deviceId);
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> close() {
        gone.tryComplete();
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> gone() {
        return gone.future();
    }
}
