package io.kurir.access;

import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.http.Timestamps;
import io.vertx.core.json.JsonObject;

/** Tokens of devices, and tickets for the event stream. */
public final class TokenOperations {
    private static final String DEVICE = "deviceId";

    private final DeviceTokens tokens;
    private final Tickets tickets;

    public TokenOperations(DeviceTokens tokens, Tickets tickets) {
        this.tokens = tokens;
        this.tickets = tickets;
    }

    public Answer issue(Ask ask) {
        DeviceTokens.Issued issued = tokens.issue(ask.caller(), ask.text(DEVICE));
        return Answer.created(
                "Token made: keep it, it is not shown again",
                new JsonObject()
                        .put(DEVICE, issued.deviceId())
                        .put("token", issued.secret())
                        .put("prefix", issued.prefix())
                        .put("createdAt", Timestamps.write(issued.createdAt())));
    }

    public Answer revoke(Ask ask) {
        boolean revoked = tokens.revoke(ask.text(DEVICE));
        return Answer.ok(
                revoked ? "Token revoked" : "The device has no token",
                new JsonObject().put(DEVICE, ask.text(DEVICE)).put("revoked", revoked));
    }

    public Answer ticket(Ask ask) {
        return Answer.created(
                "Good once, for a minute",
                new JsonObject().put("ticket", tickets.issue(ask.caller())).put("expiresIn", Tickets.SECONDS));
    }
}
