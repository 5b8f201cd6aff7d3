package io.kurir.whatsapp;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Commands that features ask of a device's page, wherever in the cluster that is. They answer after WhatsApp's server did, and asking again does
 * no harm: the effect is the same. Answers are records, so that they travel. What WhatsApp refuses fails with {@link PageException} of kind
 * {@code REFUSED} and a {@link Refusal}.
 */
public sealed interface Request<R extends Record> extends Command<R> {

    /** The class of the answer. */
    Class<R> answer();

    /** Nothing more to say. */
    record Done() {}

    /** Why WhatsApp, or what the page knows, does not allow a request. */
    enum Refusal {
        GROUP_NOT_FOUND,
        NOT_A_MEMBER,
        NOT_GROUP_ADMIN,
        CHAT_NOT_FOUND,
        MESSAGE_NOT_FOUND,
        /** Only own messages can be edited, and for everyone be deleted only own ones or, by a group's admin, those of its members. */
        NOT_OWN_MESSAGE,
        TOO_OLD,
        NOT_ON_WHATSAPP,
        /** WhatsApp's servers no longer have the file. */
        MEDIA_GONE,
        /** Whatever else WhatsApp says no to; the message has its words. */
        REFUSED
    }

    // ---- messages

    /** {@code emoji}: one, or empty to take the reaction back. */
    record React(Jid chat, String stanzaId, String emoji) implements Request<Done> {
        @Override
        public Class<Done> answer() {
            return Done.class;
        }
    }

    /** Changes the text, or the caption, of an own message. */
    record Edit(Jid chat, String stanzaId, String text) implements Request<Done> {
        @Override
        public Class<Done> answer() {
            return Done.class;
        }
    }

    /** Deletes a message for everyone. */
    record Revoke(Jid chat, String stanzaId) implements Request<Done> {
        @Override
        public Class<Done> answer() {
            return Done.class;
        }
    }

    /** Shows in the chat that we are typing, or no longer; WhatsApp's clients forget it by themselves after 25 s. */
    record ShowTyping(Jid chat, boolean on) implements Request<Done> {
        @Override
        public Class<Done> answer() {
            return Done.class;
        }
    }

    // ---- people and chats

    record ListContacts() implements Request<Contacts> {
        @Override
        public Class<Contacts> answer() {
            return Contacts.class;
        }
    }

    record Contacts(List<Contact> contacts) {}

    /** {@code name} is the address book's, {@code pushName} the person's own; both may be empty. */
    record Contact(Person person, String name, String pushName, boolean saved, boolean business) {}

    record ListChats() implements Request<Chats> {
        @Override
        public Class<Chats> answer() {
            return Chats.class;
        }
    }

    record Chats(List<Chat> chats) {}

    /** {@code chat}: by number where it is known. */
    record Chat(
            Jid chat,
            Optional<Jid> lid,
            String name,
            int unread,
            Optional<Instant> lastAt,
            boolean archived,
            boolean pinned) {}

    /**
     * The messages of a chat that the page has or can get from the phone, newest last.
     *
     * @param limit 1–100
     * @param before stanza id of the message that the answer ends before; empty: the newest
     */
    record History(Jid chat, int limit, Optional<String> before) implements Request<HistoryPage> {
        @Override
        public Class<HistoryPage> answer() {
            return HistoryPage.class;
        }
    }

    record HistoryPage(List<IncomingMessage> messages) {}

    // ---- groups

    record ListGroups() implements Request<Groups> {
        @Override
        public Class<Groups> answer() {
            return Groups.class;
        }
    }

    record Groups(List<Group> groups) {}

    record ReadGroup(Jid group) implements Request<Group> {
        @Override
        public Class<Group> answer() {
            return Group.class;
        }
    }

    /**
     * A group as its members see it.
     *
     * @param announce only admins may write
     * @param mine what we are in it
     */
    record Group(
            Jid id,
            String subject,
            String description,
            Optional<Person> owner,
            Optional<Instant> createdAt,
            boolean announce,
            List<Member> members,
            Standing mine) {}

    record Member(Person person, Standing standing) {}

    /** What somebody is in a group. */
    enum Standing {
        NONE,
        MEMBER,
        ADMIN,
        SUPER_ADMIN
    }

    record CreateGroup(String subject, List<Jid> members) implements Request<Created> {
        @Override
        public Class<Created> answer() {
            return Created.class;
        }
    }

    record Created(Jid group, List<Change> members) {}

    /** Adds, removes, promotes or demotes people. */
    record ChangeMembers(Jid group, MemberAction action, List<Jid> people) implements Request<Changes> {
        @Override
        public Class<Changes> answer() {
            return Changes.class;
        }
    }

    enum MemberAction {
        ADD,
        REMOVE,
        PROMOTE,
        DEMOTE
    }

    record Changes(List<Change> changes) {}

    /**
     * What became of one person. WhatsApp's own code: 200 done, 403 only by invitation (then {@code inviteCode} may be there), 404 not on WhatsApp or
     * not in the group, 408 left recently, 409 already so.
     */
    record Change(Jid person, int code, Optional<String> inviteCode) {}

    /** The whole link, {@code https://chat.whatsapp.com/…}. */
    record ReadInviteLink(Jid group) implements Request<InviteLink> {
        @Override
        public Class<InviteLink> answer() {
            return InviteLink.class;
        }
    }

    record InviteLink(String url) {}

    record LeaveGroup(Jid group) implements Request<Done> {
        @Override
        public Class<Done> answer() {
            return Done.class;
        }
    }
}
