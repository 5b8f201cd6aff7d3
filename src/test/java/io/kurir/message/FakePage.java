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
import java.util.function.Supplier;

/** A page at the port that does as a test says, and remembers what it was asked. */
public final class FakePage implements WhatsApp.Page {
    public final List<OutgoingMessage> submitted = new CopyOnWriteArrayList<>();
    public final List<Request<?>> asked = new CopyOnWriteArrayList<>();
    public volatile Function<OutgoingMessage, Future<Command.SendAnswer>> onSend =
            _ -> Future.succeededFuture(new Command.Taken());
    public volatile Function<String, Command.Finding> onFind = _ -> new Command.Absent();
    public volatile Function<Command.Download, Future<Command.Downloaded>> onDownload =
            _ -> Future.failedFuture("no file");
    public volatile Function<Request<?>, Future<Record>> onRequest = _ -> Future.succeededFuture(new Request.Done());

    @Override
    @SuppressWarnings("unchecked") // the answer's type is the command's
    public <R> Future<R> execute(Command<R> command, Duration timeout) {
        return switch (command) {
            case Command.Send send -> (Future<R>) send(send);
            case Command.Find find -> (Future<R>) Future.succeededFuture(onFind.apply(find.stanzaId()));
            case Command.Download download -> (Future<R>) onDownload.apply(download);
            case Request<?> request -> {
                asked.add(request);
                yield (Future<R>) onRequest.apply(request);
            }
            case Command.Probe _,
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
    public Future<Void> extend(Supplier<Duration> remaining) {
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> close() {
        return Future.succeededFuture();
    }
}
