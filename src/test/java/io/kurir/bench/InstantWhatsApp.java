package io.kurir.bench;

import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Command;
import io.kurir.whatsapp.Identity;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.PageEvent;
import io.kurir.whatsapp.Person;
import io.kurir.whatsapp.Request;
import io.kurir.whatsapp.WhatsApp;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A WhatsApp that costs nothing: every page is linked and ready at once, takes every message and says at once that the server has it; every number is
 * on WhatsApp. What remains is Kurir and PostgreSQL.
 */
final class InstantWhatsApp implements WhatsApp {
    private final Promise<Void> gone = Promise.promise();

    @Override
    public Future<Page> open(String deviceId, long epoch, Supplier<Duration> remaining, Consumer<PageEvent> events) {
        Context context = Objects.requireNonNull(Vertx.currentContext(), "opened on a context");
        String phone = "62811%07d".formatted(Math.floorMod(deviceId.hashCode(), 10_000_000));
        Identity me = new Identity(Jid.ofPhone(phone), Optional.empty(), deviceId);
        context.runOnContext(_ -> events.accept(new PageEvent.Ready(me)));
        return Future.succeededFuture(new InstantPage(context, events));
    }

    private record InstantPage(Context context, Consumer<PageEvent> events) implements Page {

        @Override
        @SuppressWarnings("unchecked") // the answer's type is the command's
        public <R> Future<R> execute(Command<R> command, Duration timeout) {
            return switch (command) {
                case Command.Send send -> (Future<R>) Future.succeededFuture(send(send));
                case Command.CheckNumbers check ->
                    (Future<R>) Future.succeededFuture(check.numbers().stream()
                            .collect(Collectors.toMap(
                                    Function.identity(), number -> new Person(Optional.of(number), Optional.empty()))));
                case Command.Probe _ -> (Future<R>) Future.succeededFuture(new Command.Pulse(true, true));
                case Command.Find _ -> (Future<R>) Future.succeededFuture(new Command.Absent());
                case Command.Logout _ -> (Future<R>) Future.succeededFuture(true);
                case Command.Download _,
                        Command.RequestPairingCode _,
                        Command.RefreshQr _,
                        Command.ReadStatus _,
                        Request<?> _ -> Future.failedFuture("not needed by a bench: " + command);
            };
        }

        private List<Command.SendAnswer> send(Command.Send send) {
            context.runOnContext(_ -> send.messages()
                    .forEach(message ->
                            events.accept(new PageEvent.Acked(message.to(), List.of(message.stanzaId()), Ack.SERVER))));
            return send.messages().stream()
                    .<Command.SendAnswer>map(_ -> new Command.Taken())
                    .toList();
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
