package io.kurir.message;

import io.kurir.whatsapp.Command;
import io.kurir.whatsapp.OutgoingMessage;
import io.kurir.whatsapp.Request;
import io.kurir.whatsapp.WhatsApp;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A page at the port that does as a test says, and remembers what it was asked to send. */
final class FakePage implements WhatsApp.Page {
    final List<OutgoingMessage> submitted = new CopyOnWriteArrayList<>();
    volatile Function<OutgoingMessage, Future<Command.SendAnswer>> onSend =
            _ -> Future.succeededFuture(new Command.Taken());
    volatile Function<String, Command.Finding> onFind = _ -> new Command.Absent();

    @Override
    @SuppressWarnings("unchecked") // the answer's type is the command's
    public <R> Future<R> execute(Command<R> command, Duration timeout) {
        return switch (command) {
            case Command.Send send -> (Future<R>) send(send);
            case Command.Find find -> (Future<R>) Future.succeededFuture(onFind.apply(find.stanzaId()));
            case Command.Download _,
                    Command.Probe _,
                    Request<?> _,
                    Command.CheckNumbers _,
                    Command.RequestPairingCode _,
                    Command.RefreshQr _,
                    Command.ReadStatus _,
                    Command.Logout _ -> throw new AssertionError("not asked of a page that sends: " + command);
        };
    }

    private Future<List<Command.SendAnswer>> send(Command.Send send) {
        submitted.addAll(send.messages());
        return Future.all(send.messages().stream().map(onSend).toList()).map(all -> all.list());
    }

    @Override
    public Future<Void> extend(Duration remaining) {
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> close() {
        return Future.succeededFuture();
    }
}
