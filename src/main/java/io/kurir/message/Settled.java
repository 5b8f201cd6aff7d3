package io.kurir.message;

import io.kurir.bus.Address;
import io.kurir.whatsapp.Ack;
import java.util.List;

/** Said after the commit that changed outgoing messages, for those who wait for an outcome. */
public record Settled(List<Change> changes) {
    static final Address<Settled, Void> ADDRESS = new Address<>("message.settled", Settled.class, Void.class);

    /** {@code failure} is empty unless the phase is {@code FAILED}. */
    public record Change(String stanzaId, Message.Phase phase, Ack ack, String failure) {}
}
