package io.kurir.session;

import io.kurir.bus.Address;
import io.kurir.bus.Bus;
import io.kurir.cluster.Node;
import io.kurir.cluster.Nodes;
import io.kurir.http.Problem;
import io.kurir.trace.Span;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;

/** Asks the owner of a device, wherever in the cluster it is, and finds it one. While a device changes nodes, a request waits. */
public final class Owners {
    private static final Duration AGAIN = Duration.ofMillis(200);
    /** For a device to be opened elsewhere when it is not there in time. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private static final Duration OPENING = Duration.ofSeconds(45);

    private final Vertx vertx;
    private final Bus bus;
    private final DeviceStore store;
    private final Nodes nodes;

    public Owners(Vertx vertx, Pool pool, Bus bus, Nodes nodes) {
        this.vertx = vertx;
        this.bus = bus;
        this.store = new DeviceStore(pool);
        this.nodes = nodes;
    }

    /**
     * The owner's answer. Fails with {@link Bus.Nobody} where the device is not to run, and with {@code NOT_AVAILABLE} where it is to and
     * nobody has taken it in time.
     */
    public <C, R> Future<R> ask(String deviceId, Address<C, R> address, C command, Duration timeout) {
        return ask(deviceId, address, command, timeout, System.nanoTime() + timeout.toNanos());
    }

    private <C, R> Future<R> ask(
            String deviceId, Address<C, R> address, C command, Duration timeout, long deadlineNanos) {
        Span here = Span.current();
        return bus.ask(address, command, timeout)
                .recover(why -> why instanceof Bus.Nobody || why instanceof Bus.NotOwner
                        ? store.changing(deviceId).compose(changing -> {
                            if (!changing) {
                                return Future.failedFuture(why);
                            }
                            return System.nanoTime() + AGAIN.toNanos() > deadlineNanos
                                    ? Future.failedFuture(changingNodes(deviceId))
                                    : vertx.timer(AGAIN.toMillis())
                                            .compose(_ -> here.within(
                                                    () -> ask(deviceId, address, command, timeout, deadlineNanos)));
                        })
                        : Future.failedFuture(why));
    }

    /** Completes when the device no longer changes nodes, or the time is over; answers the device's row then. */
    public Future<Device> settled(Device device, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        return settled(device, deadline);
    }

    private Future<Device> settled(Device device, long deadlineNanos) {
        if (device.state() == DeviceState.CONNECTED) {
            return Future.succeededFuture(device);
        }
        return store.changing(device.deviceId()).compose(changing -> {
            if (!changing) {
                return Future.succeededFuture(device);
            }
            if (System.nanoTime() > deadlineNanos) {
                return Future.failedFuture(changingNodes(device.deviceId()));
            }
            return vertx.timer(AGAIN.toMillis())
                    .compose(_ -> store.get(device.deviceId()))
                    .compose(now -> now.map(row -> settled(row, deadlineNanos))
                            .orElseGet(() -> Future.succeededFuture(device)));
        });
    }

    private static Problem changingNodes(String deviceId) {
        return Problem.later(
                Problem.Code.NOT_AVAILABLE, "device " + deviceId + " is on its way to another node", RETRY_AFTER);
    }

    /** Starts the device where it runs, else on the node with the most room. Completes as {@link Session#start} does. */
    Future<SessionApi.Done> start(String deviceId, boolean qr) {
        SessionApi.Start start = new SessionApi.Start(deviceId, qr);
        Span here = Span.current();
        return bus.ask(SessionApi.start(deviceId), start, OPENING)
                .recover(why -> why instanceof Bus.Nobody || why instanceof Bus.NotOwner
                        ? nodes.candidates(deviceId)
                                .compose(candidates -> here.within(() -> place(candidates.iterator(), deviceId, start)))
                        : Future.failedFuture(why));
    }

    private Future<SessionApi.Done> place(Iterator<Node> candidates, String deviceId, SessionApi.Start start) {
        if (!candidates.hasNext()) {
            return anybody(SessionApi.ANY_WORKER, start);
        }
        String node = candidates.next().name();
        Span here = Span.current();
        return bus.ask(SessionApi.startOn(node), start, OPENING)
                .recover(why -> why instanceof Bus.Nobody || full(why)
                        ? here.within(() -> place(candidates, deviceId, start))
                        : Future.failedFuture(why));
    }

    private static boolean full(Throwable why) {
        return why instanceof Problem problem && problem.code() == Problem.Code.NODE_FULL;
    }

    /** Has some worker do it; {@code NOT_AVAILABLE} where none runs. */
    <C> Future<SessionApi.Done> anybody(Address<C, SessionApi.Done> address, C command) {
        return bus.ask(address, command, OPENING)
                .recover(why -> Future.failedFuture(
                        why instanceof Bus.Nobody
                                ? Problem.later(
                                        Problem.Code.NOT_AVAILABLE, "no worker is running in this cluster", RETRY_AFTER)
                                : why));
    }

    /** The nodes other than {@code but} that may take the device, the best one first. */
    Future<List<Node>> others(String deviceId, String but) {
        return nodes.candidates(deviceId)
                .map(candidates -> candidates.stream()
                        .filter(node -> !node.name().equals(but))
                        .toList());
    }
}
