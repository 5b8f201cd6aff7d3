package io.kurir.session;

import io.kurir.bus.Address;
import io.kurir.whatsapp.Request;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The bus addresses of devices: what the owner of a device serves, and what workers serve. */
public final class SessionApi {
    private SessionApi() {}

    /** Opens the device's session; {@code qr}: also when the device is not linked. */
    public record Start(String deviceId, boolean qr) {}

    /** Ends a session in one of several ways. */
    public record Stop(String deviceId, Ending ending) {}

    /** How a session ends. */
    public enum Ending {
        /** The page is closed; the link stays, and so does the wish to run. */
        CLOSE,
        /** As {@link #CLOSE}, since another node goes on with it. */
        MOVE,
        /** WhatsApp is told to remove the link. */
        LOGOUT,
        /** The page is closed and its profile forgotten. */
        WIPE
    }

    public record Restart(String deviceId) {}

    /** What the session's memory knows beyond the device's row; an empty {@code qr}: none is shown. */
    public record Look(String deviceId) {}

    public record Seen(String qr) {}

    public record PairingCode(String deviceId, String phone) {}

    public record Code(String code) {}

    /** Which of the numbers (digits) are on WhatsApp. */
    public record CheckNumbers(String deviceId, List<String> numbers) {}

    public record Numbers(List<String> onWhatsApp) {}

    /** Asks the device's page; fails with the {@link io.kurir.http.Problem} that {@link PageProblems} makes of its refusal. */
    public record Execute(String deviceId, Request<?> request, Duration timeout) {}

    public record Executed(Record answer) {}

    /** Done; the device's row has the present state. */
    public record Done() {}

    /** Forgets the profile of a device whose session runs nowhere. */
    public record Forget(String deviceId) {}

    /** Hands the device over; {@code node} empty: to the one with the most room. */
    public record Move(String deviceId, Optional<String> node) {}

    /** The node that has it now. */
    public record Moved(String node) {}

    /** Said when an owner has given a device up that is to run: others need not wait for their next look. */
    public record Freed(String deviceId) {}

    public static final Address<Freed, Void> FREED = new Address<>("lease.freed", Freed.class, Void.class);

    /** This node takes it, if it has room. */
    public static Address<Start, Done> startOn(String node) {
        return new Address<>("node." + node + ".start", Start.class, Done.class);
    }

    /** Answered by a node that takes devices: asked before a device is closed for it. */
    public record Reach() {}

    public static Address<Reach, Done> reach(String node) {
        return new Address<>("node." + node + ".reach", Reach.class, Done.class);
    }

    /** Served by the owner. */
    public static Address<Move, Moved> move(String deviceId) {
        return new Address<>("device." + deviceId + ".move", Move.class, Moved.class);
    }

    /** Any worker with room takes it. */
    public static final Address<Start, Done> ANY_WORKER = new Address<>("worker.start", Start.class, Done.class);

    /** Replaces the browsers of the node that hears it. */
    public record Recycle() {}

    public static final Address<Recycle, Done> RECYCLE = new Address<>("worker.recycle", Recycle.class, Done.class);

    public static final Address<Forget, Done> FORGET = new Address<>("worker.forget", Forget.class, Done.class);

    /** Served by the owner: starts again what has stopped, shows a QR code again. */
    public static Address<Start, Done> start(String deviceId) {
        return new Address<>("device." + deviceId + ".start", Start.class, Done.class);
    }

    public static Address<Stop, Done> stop(String deviceId) {
        return new Address<>("device." + deviceId + ".stop", Stop.class, Done.class);
    }

    public static Address<Restart, Done> restart(String deviceId) {
        return new Address<>("device." + deviceId + ".restart", Restart.class, Done.class);
    }

    public static Address<Look, Seen> look(String deviceId) {
        return new Address<>("device." + deviceId + ".look", Look.class, Seen.class);
    }

    public static Address<PairingCode, Code> pairingCode(String deviceId) {
        return new Address<>("device." + deviceId + ".pairing-code", PairingCode.class, Code.class);
    }

    public static Address<Execute, Executed> execute(String deviceId) {
        return new Address<>("device." + deviceId + ".execute", Execute.class, Executed.class);
    }

    public static Address<CheckNumbers, Numbers> checkNumbers(String deviceId) {
        return new Address<>("device." + deviceId + ".check-numbers", CheckNumbers.class, Numbers.class);
    }
}
