package io.kurir.simulator;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How a page and a phone find each other: by the QR code that the page shows, or by the code that it asks for. Owned by the
 * simulator's context.
 */
final class Linking {
    private static final SecureRandom RANDOM = new SecureRandom();
    /** Without I, O and 0, which people mistake for others. */
    private static final String LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ123456789";

    /** A page that shows a code for a number. */
    private record Code(Connection connection, String pn) {}

    private final Network network;
    private final Map<String, Connection> refs = new LinkedHashMap<>();
    private final Map<String, Code> codes = new LinkedHashMap<>();

    Linking(Network network) {
        this.network = network;
    }

    /** Gives a page that is not linked its first QR code, or starts over after {@code ref_idle}. */
    void showRefs(Connection connection) {
        if (connection.link.isEmpty()) {
            connection.refsShown = 0;
            nextRef(connection);
        }
    }

    private void nextRef(Connection connection) {
        forgetRef(connection);
        Knobs knobs = network.knobs();
        if (connection.refsShown++ >= knobs.refMax()) {
            connection.push("ref_idle", new JsonObject());
            return;
        }
        byte[] random = new byte[48];
        RANDOM.nextBytes(random);
        String ref = "2@" + Base64.getEncoder().encodeToString(random);
        refs.put(ref, connection);
        connection.ref = Optional.of(ref);
        connection.push("ref", new JsonObject().put("ref", ref).put("ttl", knobs.refTtlMs()));
        connection.refTimer = network.vertx.setTimer(Math.max(1, knobs.refTtlMs()), timer -> nextRef(connection));
        network.events.publish("codes", this::shown);
    }

    private void forgetRef(Connection connection) {
        network.vertx.cancelTimer(connection.refTimer);
        connection.ref.ifPresent(refs::remove);
        connection.ref = Optional.empty();
    }

    /** The code that a page shows to be typed on the phone with that number; it takes the place of the page's earlier one. */
    String code(Connection connection, String phone) {
        String pn = network.account(phone).pn;
        connection.code.ifPresent(codes::remove);
        StringBuilder code = new StringBuilder();
        RANDOM.ints(8, 0, LETTERS.length()).forEach(letter -> code.append(LETTERS.charAt(letter)));
        codes.put(code.toString(), new Code(connection, pn));
        connection.code = Optional.of(code.toString());
        network.events.publish("codes", this::shown);
        return code.toString();
    }

    /**
     * The phone scans a QR code.
     *
     * @param qr the whole text of the code, or its first part
     * @throws Refusal 404 if no page shows it (any more)
     */
    Link scan(Account phone, String qr) {
        int comma = qr.indexOf(',');
        Connection connection = refs.get((comma < 0 ? qr : qr.substring(0, comma)).strip());
        if (connection == null) {
            throw new Refusal(404, "no page shows this QR code (any more)");
        }
        return pair(connection, phone);
    }

    /** @throws Refusal 404 if no page shows the code, 400 if it is meant for another number */
    Link enter(Account phone, String typed) {
        Code code = codes.get(typed.replaceAll("[\\s-]", "").toUpperCase(Locale.ROOT));
        if (code == null) {
            throw new Refusal(404, "no page shows this code (any more)");
        }
        if (!code.pn().equals(phone.pn)) {
            throw new Refusal(400, "this code was made for another number");
        }
        return pair(code.connection(), phone);
    }

    private Link pair(Connection connection, Account phone) {
        if (!Account.exists(phone.pn)) {
            throw new Refusal(400, "numbers that end in 0000 are not on WhatsApp");
        }
        forget(connection);
        Link link = network.link(phone);
        network.attach(connection, link);
        connection.push("paired", new JsonObject().put("token", link.token).put("me", phone.me()));
        return link;
    }

    /** The page is linked or gone. */
    void forget(Connection connection) {
        boolean shown = connection.ref.isPresent() || connection.code.isPresent();
        forgetRef(connection);
        connection.code.ifPresent(codes::remove);
        connection.code = Optional.empty();
        if (shown) {
            network.events.publish("codes", this::shown);
        }
    }

    /** {@code {refs: [ref], codes: [{code, phone}]}}: what pages show now. */
    JsonObject shown() {
        JsonArray shownCodes = new JsonArray();
        codes.forEach(
                (code, of) -> shownCodes.add(new JsonObject().put("code", code).put("phone", Account.user(of.pn()))));
        return new JsonObject()
                .put("refs", new JsonArray(refs.keySet().stream().toList()))
                .put("codes", shownCodes);
    }
}
