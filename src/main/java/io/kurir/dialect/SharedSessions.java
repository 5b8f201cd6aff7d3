package io.kurir.dialect;

import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Dialect;
import io.kurir.http.Problem;
import io.kurir.session.Device;
import io.kurir.session.Devices;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The paths {@code /sessions} of 000 and of 004, which differ only in who asks. A new session is told by the name of its id; one that is there answers in
 * the words of the dialect that made it; else who comes with {@code x-api-key} speaks 000's and any other one 004's.
 */
public final class SharedSessions {
    private static final String ID = "sessionId";

    /** What one of the two does there. A refusal is rendered in its words. */
    public interface Side {
        Dialect dialect();

        /** {@code POST /sessions}; the body has the id of this dialect. */
        Answer create(Ask ask);

        /** {@code DELETE /sessions/{sessionId}}; {@code device} empty: there is none that the caller could mean. */
        Answer delete(Ask ask, String id, Optional<Device> device);

        /** {@code POST /sessions/{sessionId}/reconnect}. */
        Answer reconnect(Ask ask, String id, Optional<Device> device);
    }

    private final Devices devices;
    private final List<Side> sides;

    /** @param sides one or both of them */
    public SharedSessions(Devices devices, List<Side> sides) {
        this.devices = devices;
        this.sides = List.copyOf(sides);
    }

    public Answer create(Ask ask) {
        boolean client = ask.body().containsKey("clientId");
        boolean agent = ask.body().containsKey("agentId");
        if (client == agent) {
            throw Problem.invalid("clientId", client ? "and agentId cannot both be given" : "or agentId is needed");
        }
        return within(permitted(ask, side(client ? Dialect.ACCOUNTS : Dialect.AGENTS)), side -> side.create(ask));
    }

    public Answer delete(Ask ask) {
        Optional<Device> device = device(ask);
        return within(permitted(ask, side(ask, device)), side -> side.delete(ask, ask.text(ID), device));
    }

    public Answer reconnect(Ask ask) {
        Optional<Device> device = device(ask);
        return within(permitted(ask, side(ask, device)), side -> side.reconnect(ask, ask.text(ID), device));
    }

    /** The two may call different devices by one name: then the caller's own dialect means its own. */
    private Optional<Device> device(Ask ask) {
        Dialect other = ask.dialect() == Dialect.ACCOUNTS ? Dialect.AGENTS : Dialect.ACCOUNTS;
        return Stream.of(ask.dialect(), other)
                .map(dialect -> devices.findExternal(ask.reach(), dialect, ask.text(ID)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Side side(Ask ask, Optional<Device> device) {
        return side(device.map(Device::dialect)
                .filter(made -> made == Dialect.ACCOUNTS || made == Dialect.AGENTS)
                .orElse(ask.dialect()));
    }

    /** Strangers, where they are let in, are 004's. */
    private static Side permitted(Ask ask, Side side) {
        if (ask.caller().anonymous() && side.dialect() != Dialect.AGENTS) {
            throw Problem.of(Problem.Code.FORBIDDEN, "this needs credentials").in(side.dialect());
        }
        return side;
    }

    private Side side(Dialect dialect) {
        return sides.stream()
                .filter(side -> side.dialect() == dialect)
                .findFirst()
                .orElse(sides.getFirst());
    }

    private static Answer within(Side side, Function<Side, Answer> what) {
        try {
            return what.apply(side);
        } catch (Problem refusal) {
            throw refusal.in(side.dialect());
        }
    }
}
