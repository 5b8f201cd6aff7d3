package io.kurir.whatsapp;

import java.util.Optional;

/** Both names of one person; at least one is there. The number is unknown where WhatsApp hides it. */
public record Person(Optional<Jid> phone, Optional<Jid> lid) {

    /** The one that goes outside: the number where it is known. */
    public Jid id() {
        return phone.or(this::lid).orElseThrow(() -> new IllegalStateException("a person without a name"));
    }
}
