package io.kurir.contact;

import io.kurir.whatsapp.Jid;
import java.util.Optional;

/**
 * One person or group, whatever WhatsApp calls it.
 *
 * @param id the name that goes outside: a group's id, a person's number where it is known, else the LID
 * @param name the address book's, or the group's subject; empty where there is none
 * @param pushName the person's own; empty where it is not known
 */
public record Contact(Jid id, Optional<Jid> lid, String name, String pushName, boolean saved, boolean business) {

    /** A person of whom no more than this is known. */
    public static Contact of(Jid id) {
        return new Contact(id, id.isLid() ? Optional.of(id) : Optional.empty(), "", "", false, false);
    }

    /** What to call it; empty where only the id is known. */
    public Optional<String> displayName() {
        return Optional.of(name.isEmpty() ? pushName : name).filter(any -> !any.isEmpty());
    }

    /** The digits of a person's number. */
    public Optional<String> phoneNumber() {
        return Optional.of(id).filter(Jid::isPhone).map(Jid::user);
    }
}
