package io.kurir.group;

import io.kurir.access.Reach;
import io.kurir.contact.Contact;
import io.kurir.contact.Contacts;
import io.kurir.contact.PhoneNumbers;
import io.kurir.contact.Recent;
import io.kurir.contact.Sighting;
import io.kurir.http.Problem;
import io.kurir.http.Problem.Code;
import io.kurir.http.Problem.Detail;
import io.kurir.session.Devices;
import io.kurir.session.Pages;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.Person;
import io.kurir.whatsapp.Request;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A device's groups. Every method throws {@link Problem}: that of {@link Devices#get}, {@code SESSION_NOT_READY}, and of one group
 * {@code GROUP_NOT_FOUND}, {@code NOT_A_MEMBER}, {@code NOT_GROUP_ADMIN}. To be called on a virtual thread.
 */
public final class Groups {
    private static final Duration MOMENT = Duration.ofSeconds(5);
    // WhatsApp adds people one by one: a thousand of them take a while
    private static final Duration ASKING = Duration.ofSeconds(45);

    /** A group with its people as we know them. */
    public record Group(Request.Group group, Optional<Contact> owner, List<Member> members) {}

    public record Member(Contact contact, Request.Standing standing) {}

    /** One page of a list; {@code total} counts all that match. */
    public record Listing(List<Request.Group> groups, long total) {}

    /** What became of one person; {@code code} is WhatsApp's. */
    public record Change(Contact person, int code, Outcome outcome, Optional<String> inviteCode) {}

    public record Created(Jid group, List<Change> changes) {}

    /** WhatsApp's codes in words. */
    public enum Outcome {
        DONE,
        /** It was so before. */
        ALREADY,
        /** The person can only be invited; nothing was done. */
        INVITATION_REQUIRED,
        NOT_ON_WHATSAPP,
        NOT_IN_GROUP,
        LEFT_RECENTLY,
        REFUSED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether the person now is what was asked for. */
        public boolean success() {
            return this == DONE || this == ALREADY;
        }

        static Outcome of(int code, boolean joining) {
            return switch (code) {
                case 200 -> DONE;
                case 403 -> INVITATION_REQUIRED;
                case 404 -> joining ? NOT_ON_WHATSAPP : NOT_IN_GROUP;
                case 408 -> LEFT_RECENTLY;
                case 409 -> ALREADY;
                default -> REFUSED;
            };
        }
    }

    private final Devices devices;
    private final Pages pages;
    private final Contacts contacts;
    private final Recent<List<Request.Group>> lists = new Recent<>(MOMENT);
    private final Recent<Request.Group> single = new Recent<>(MOMENT);

    public Groups(Devices devices, Pages pages, Contacts contacts) {
        this.devices = devices;
        this.pages = pages;
        this.contacts = contacts;
    }

    /** By subject; {@code search} in subject and id. */
    public Listing list(Reach reach, String deviceId, Optional<String> search, int page, int pageSize) {
        devices.get(reach, deviceId);
        String wanted = search.orElse("").toLowerCase(Locale.ROOT);
        List<Request.Group> matching = lists.get(deviceId, () -> askAll(deviceId)).await().stream()
                .filter(group -> group.subject().toLowerCase(Locale.ROOT).contains(wanted)
                        || group.id().toString().contains(wanted))
                .toList();
        return new Listing(
                matching.stream().skip((page - 1L) * pageSize).limit(pageSize).toList(), matching.size());
    }

    private Future<List<Request.Group>> askAll(String deviceId) {
        return pages.ask(deviceId, new Request.ListGroups(), ASKING).compose(answer -> {
            List<Request.Group> groups = answer.groups().stream()
                    .sorted(Comparator.comparing(group -> group.subject().toLowerCase(Locale.ROOT)))
                    .toList();
            return contacts.learn(
                            deviceId,
                            groups.stream()
                                    .map(group -> Sighting.group(group.id(), group.subject()))
                                    .toList())
                    .map(groups);
        });
    }

    public Group info(Reach reach, String deviceId, Jid group) {
        devices.get(reach, deviceId);
        Request.Group read = read(deviceId, group);
        List<Person> people = Stream.concat(
                        read.owner().stream(), read.members().stream().map(Request.Member::person))
                .toList();
        List<Sighting> seen = new ArrayList<>(people.stream().map(Sighting::of).toList());
        seen.add(Sighting.group(group, read.subject()));
        contacts.learn(deviceId, seen).await();
        Function<Jid, Contact> names = contacts.names(
                        deviceId, people.stream().map(Person::id).toList())
                .await();
        return new Group(
                read,
                read.owner().map(Person::id).map(names),
                read.members().stream()
                        .map(member -> new Member(names.apply(member.person().id()), member.standing()))
                        .toList());
    }

    private Request.Group read(String deviceId, Jid group) {
        return single.get(key(deviceId, group), () -> pages.ask(deviceId, new Request.ReadGroup(group), ASKING))
                .await();
    }

    private static String key(String deviceId, Jid group) {
        return deviceId + " " + group;
    }

    /** Throws unless we may write in the group; asks WhatsApp at most every five seconds. */
    public void requireWritable(Reach reach, String deviceId, Jid group) {
        devices.get(reach, deviceId);
        Request.Group read = read(deviceId, group);
        switch (read.mine()) {
            case NONE -> throw Problem.of(Code.NOT_A_MEMBER, "the device is not in the group " + group);
            case MEMBER -> {
                if (read.announce()) {
                    throw Problem.of(Code.NOT_GROUP_ADMIN, "only admins write in the group " + group);
                }
            }
            case ADMIN, SUPER_ADMIN -> {}
        }
    }

    /** {@code participants} in any form of a person; each has an outcome of its own. */
    public Created create(Reach reach, String deviceId, String subject, List<String> participants) {
        String country = devices.country(devices.get(reach, deviceId));
        if (subject.isBlank()) {
            throw Problem.invalid("subject", "must not be blank");
        }
        List<Jid> people = people("participants", participants, country);
        Request.Created created = ask(deviceId, new Request.CreateGroup(subject.strip(), people));
        lists.forget(deviceId);
        contacts.learn(deviceId, List.of(Sighting.group(created.group(), subject.strip())))
                .await();
        return new Created(created.group(), changes(deviceId, created.members(), true));
    }

    /** Adds, removes, promotes or demotes people, each with an outcome of its own. */
    public List<Change> change(
            Reach reach, String deviceId, Jid group, Request.MemberAction action, String field, List<String> written) {
        List<Jid> people = people(field, written, devices.country(devices.get(reach, deviceId)));
        List<Request.Change> answered =
                ask(deviceId, new Request.ChangeMembers(group, action, people)).changes();
        forget(deviceId, group);
        return changes(deviceId, answered, action == Request.MemberAction.ADD);
    }

    /** As {@link #change} for one person, whose refusal is a {@link Problem}: {@code NOT_FOUND}, {@code WHATSAPP_REFUSED}. */
    public Change changeOne(
            Reach reach, String deviceId, Jid group, Request.MemberAction action, String field, String written) {
        Change change = change(reach, deviceId, group, action, field, List.of(written)).stream()
                .findFirst()
                .orElseThrow(() -> Problem.of(Code.WHATSAPP_ERROR, "WhatsApp said nothing of this person"));
        return switch (change.outcome()) {
            case DONE, ALREADY -> change;
            case NOT_IN_GROUP ->
                throw Problem.of(Code.NOT_FOUND, change.person().id() + " is not in the group");
            case NOT_ON_WHATSAPP ->
                throw Problem.of(
                        Code.NUMBER_NOT_ON_WHATSAPP, change.person().id().user() + " is not on WhatsApp");
            case INVITATION_REQUIRED, LEFT_RECENTLY, REFUSED ->
                throw Problem.of(
                        Code.WHATSAPP_REFUSED,
                        "WhatsApp refused it: " + change.outcome().word() + " (" + change.code() + ")");
        };
    }

    private List<Jid> people(String field, List<String> written, String country) {
        List<Jid> people = new ArrayList<>();
        List<Detail> wrong = new ArrayList<>();
        for (int i = 0; i < written.size(); i++) {
            String name = field.equals("participants") ? field + "[" + i + "]" : field;
            try {
                people.add(PhoneNumbers.person(name, written.get(i), country));
            } catch (Problem unreadable) {
                wrong.addAll(unreadable.details());
            }
        }
        if (!wrong.isEmpty()) {
            throw Problem.invalid(wrong);
        }
        return people.stream().distinct().toList();
    }

    private List<Change> changes(String deviceId, List<Request.Change> answered, boolean joining) {
        Function<Jid, Contact> names = contacts.names(
                        deviceId, answered.stream().map(Request.Change::person).toList())
                .await();
        return answered.stream()
                .map(each -> new Change(
                        names.apply(each.person()), each.code(), Outcome.of(each.code(), joining), each.inviteCode()))
                .toList();
    }

    public String inviteLink(Reach reach, String deviceId, Jid group) {
        devices.get(reach, deviceId);
        return ask(deviceId, new Request.ReadInviteLink(group)).url();
    }

    public void leave(Reach reach, String deviceId, Jid group) {
        devices.get(reach, deviceId);
        ask(deviceId, new Request.LeaveGroup(group));
        forget(deviceId, group);
    }

    private <R extends Record> R ask(String deviceId, Request<R> request) {
        return pages.ask(deviceId, request, ASKING).await();
    }

    private void forget(String deviceId, Jid group) {
        lists.forget(deviceId);
        single.forget(key(deviceId, group));
    }
}
