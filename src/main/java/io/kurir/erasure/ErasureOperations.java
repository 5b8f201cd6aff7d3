package io.kurir.erasure;

import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.kurir.whatsapp.Jid;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** The operations {@code eraseContact} and {@code deleteDevice}. */
public final class ErasureOperations {
    private static final String DEVICE = "deviceId";

    private final Erasure erasure;

    public ErasureOperations(Erasure erasure) {
        this.erasure = erasure;
    }

    public Answer contact(Ask ask) {
        return answer(ask, "Erased", erasure.contact(ask.reach(), ask.text(DEVICE), Jid.parse(ask.text("contactId"))));
    }

    public Answer device(Ask ask) {
        return answer(ask, "Device deleted", erasure.device(ask.reach(), ask.text(DEVICE)));
    }

    private static Answer answer(Ask ask, String message, Map<String, Long> erased) {
        JsonObject counts = new JsonObject();
        erased.forEach(counts::put);
        return Answer.ok(message, new JsonObject().put(DEVICE, ask.text(DEVICE)).put("erased", counts));
    }
}
