package io.kurir.contact;

import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.Person;
import io.kurir.whatsapp.Request;
import java.util.Optional;

/**
 * What was learned of somebody at one time; empty parts change nothing.
 *
 * @param phone the number, as a JID
 * @param group of a group, which has no other name
 */
public record Sighting(
        Optional<Jid> group,
        Optional<Jid> phone,
        Optional<Jid> lid,
        String name,
        String pushName,
        Optional<Boolean> saved,
        Optional<Boolean> business) {

    public static Sighting of(Request.Contact contact) {
        return new Sighting(
                Optional.empty(),
                contact.person().phone(),
                contact.person().lid(),
                contact.name(),
                contact.pushName(),
                Optional.of(contact.saved()),
                Optional.of(contact.business()));
    }

    public static Sighting of(Person person) {
        return called(person, "");
    }

    /** {@code pushName} as the person says it. */
    public static Sighting called(Person person, String pushName) {
        return new Sighting(
                Optional.empty(), person.phone(), person.lid(), "", pushName, Optional.empty(), Optional.empty());
    }

    public static Sighting group(Jid group, String subject) {
        return new Sighting(
                Optional.of(group),
                Optional.empty(),
                Optional.empty(),
                subject,
                "",
                Optional.empty(),
                Optional.empty());
    }

    /** Under either name of a person, as it was reported. */
    public static Person person(Jid id, Optional<Jid> lid) {
        return id.isLid()
                ? new Person(Optional.empty(), Optional.of(id))
                : new Person(Optional.of(id), lid.filter(Jid::isLid));
    }

    Optional<Jid> id() {
        return group.or(() -> phone).or(() -> lid);
    }
}
