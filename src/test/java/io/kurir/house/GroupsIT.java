package io.kurir.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.http.ContractClient;
import io.kurir.http.ContractClient.Reply;
import io.kurir.http.Effect;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.PageEvent;
import io.kurir.whatsapp.Person;
import io.kurir.whatsapp.Request;
import io.kurir.whatsapp.Request.Standing;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Groups: a whole node, real databases, a scripted WhatsApp. Over 300 lines: one house for all. */
class GroupsIT {
    private static final String GROUP = "120363000000000009@g.us";
    private static final Jid ANA = Jid.ofPhone("6281234500011");
    private static final Jid BEN = Jid.ofPhone("6281234500012");
    private static final Jid HIDDEN = new Jid("77700001", Jid.LID);

    @TempDir
    private static Path data;

    private static FakeHouse house;
    private static ContractClient admin;

    @BeforeAll
    static void open() throws Exception {
        house = new FakeHouse(data);
        admin = house.admin;
        house.connect("groups");
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @BeforeEach
    void forget() {
        house.whatsapp.asked.clear();
    }

    @Test
    @Effect({"listGroups", "getGroup"})
    void groupsAreListedAndRead() throws Exception {
        house.whatsapp.answer(
                Request.ListGroups.class,
                _ -> new Request.Groups(
                        List.of(group("120363000000000008", "Zebras", false, Standing.MEMBER), group("neighbours"))));
        house.whatsapp.answer(
                Request.ReadGroup.class, asked -> group(asked.group().user(), "neighbours", false, Standing.ADMIN));
        Reply listed = admin.get(path("/groups"));
        assertThat(strings(listed, "groups", "subject")).containsExactly("neighbours", "Zebras");
        assertThat(listed.data().getJsonArray("groups").getJsonObject(0).getInteger("participantCount"))
                .isEqualTo(2);
        assertThat(strings(admin.get(path("/groups?search=ZEB")), "groups", "groupId"))
                .containsExactly("120363000000000008@g.us");

        Reply info = admin.get(path("/groups/120363000000000009/info"));
        assertThat(strings(info, "participants", "contactId")).containsExactly(ANA.toString(), HIDDEN.toString());
        assertThat(strings(info, "participants", "role")).containsExactly("superadmin", "member");
        assertThat(info.data().getString("myRole")).isEqualTo("admin");

        // the hidden one's number becomes known: the answer names it, though WhatsApp's group list does not
        house.whatsapp.tell("groups", new PageEvent.Paired(Jid.ofPhone("6281234500013"), HIDDEN));
        await().until(
                        () -> strings(admin.get(path("/groups/" + GROUP + "/info")), "participants", "contactId"),
                        people -> people.equals(List.of(ANA.toString(), "6281234500013@c.us")));
        assertThat(house.column("select name from contact where contact_id = '" + GROUP + "'"))
                .containsExactly("neighbours");
    }

    @Test
    @Effect({"createGroup", "removeGroupParticipant", "promoteGroupAdmins", "demoteGroupAdmin"})
    void membersAreAddedRemovedPromotedAndDemotedEachWithAResult() {
        house.whatsapp.answer(
                Request.CreateGroup.class,
                asked -> new Request.Created(
                        Jid.parse(GROUP),
                        List.of(
                                new Request.Change(asked.members().get(0), 200, Optional.empty()),
                                new Request.Change(asked.members().get(1), 403, Optional.of("code")))));
        Reply created = admin.post(
                path("/groups"),
                new JsonObject()
                        .put("subject", " New ones ")
                        .put("participants", JsonArray.of("081234500011", BEN.toString(), "+6281234500011")));
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.data().getString("subject")).isEqualTo("New ones");
        assertThat(strings(created, "participants", "result")).containsExactly("done", "invitation_required");
        assertThat(house.whatsapp.asked).containsExactly(new Request.CreateGroup("New ones", List.of(ANA, BEN)));

        answerChanges(200, 404, 408, 409, 500);
        Reply added = admin.post(
                path("/groups/" + GROUP + "/participants"),
                new JsonObject()
                        .put(
                                "participants",
                                JsonArray.of(
                                        "6281234500021",
                                        "6281234500022",
                                        "6281234500023",
                                        "6281234500024",
                                        "6281234500025")));
        assertThat(strings(added, "participants", "result"))
                .containsExactly("done", "not_on_whatsapp", "left_recently", "already", "refused");
        assertThat(added.json().getString("message")).isEqualTo("2 of 5 added");
        assertThat(house.whatsapp.asked).last().isInstanceOfSatisfying(Request.ChangeMembers.class, change -> {
            assertThat(change.action()).isEqualTo(Request.MemberAction.ADD);
            assertThat(change.people()).hasSize(5);
        });

        answerChanges(200);
        house.whatsapp.asked.clear();
        assertThat(admin.delete(path("/groups/" + GROUP + "/participants/081234500011"))
                        .status())
                .isEqualTo(200);
        assertThat(admin.post(path("/groups/" + GROUP + "/admins"), new JsonObject().put("adminJid", BEN.toString()))
                        .status())
                .isEqualTo(200);
        assertThat(admin.post(
                                path("/groups/" + GROUP + "/admins"),
                                new JsonObject().put("participants", JsonArray.of(BEN.toString())))
                        .status())
                .isEqualTo(200);
        assertThat(admin.delete(path("/groups/" + GROUP + "/admins/" + BEN)).status())
                .isEqualTo(200);
        Jid group = Jid.parse(GROUP);
        assertThat(house.whatsapp.asked)
                .containsExactly(
                        new Request.ChangeMembers(group, Request.MemberAction.REMOVE, List.of(ANA)),
                        new Request.ChangeMembers(group, Request.MemberAction.PROMOTE, List.of(BEN)),
                        new Request.ChangeMembers(group, Request.MemberAction.PROMOTE, List.of(BEN)),
                        new Request.ChangeMembers(group, Request.MemberAction.DEMOTE, List.of(BEN)));

        answerChanges(404);
        assertThat(admin.delete(path("/groups/" + GROUP + "/participants/081234500011"))
                        .code())
                .isEqualTo("NOT_FOUND");
        answerChanges(403);
        assertThat(admin.post(path("/groups/" + GROUP + "/admins"), new JsonObject().put("adminJid", BEN.toString()))
                        .code())
                .isEqualTo("WHATSAPP_REFUSED");
    }

    private static void answerChanges(int... codes) {
        house.whatsapp.answer(
                Request.ChangeMembers.class,
                asked -> new Request.Changes(java.util.stream.IntStream.range(0, codes.length)
                        .mapToObj(i -> new Request.Change(asked.people().get(i), codes[i], Optional.empty()))
                        .toList()));
    }

    @Test
    @Effect({"getGroupInviteLink", "leaveGroup"})
    void aGroupIsInvitedToAndLeft() {
        house.whatsapp.answer(
                Request.ReadInviteLink.class, _ -> new Request.InviteLink("https://chat.whatsapp.com/AbCd"));
        house.whatsapp.answer(Request.LeaveGroup.class, _ -> new Request.Done());
        assertThat(admin.get(path("/groups/" + GROUP + "/invite-link")).data().getString("inviteLink"))
                .isEqualTo("https://chat.whatsapp.com/AbCd");
        assertThat(admin.post(path("/groups/" + GROUP + "/leave")).data().getString("groupId"))
                .isEqualTo(GROUP);
        assertThat(house.whatsapp.asked)
                .containsExactly(
                        new Request.ReadInviteLink(Jid.parse(GROUP)), new Request.LeaveGroup(Jid.parse(GROUP)));
    }

    @Test
    @Effect("sendGroupMessage")
    void aTextGoesToAGroupThatTakesIt() {
        house.whatsapp.answer(
                Request.ReadGroup.class, asked -> switch (asked.group().user()) {
                    case "120363000000000031" -> group("120363000000000031", "ours", false, Standing.MEMBER);
                    case "120363000000000032" -> group("120363000000000032", "left", false, Standing.NONE);
                    default -> group(asked.group().user(), "admins only", true, Standing.MEMBER);
                });
        Reply sent = send("120363000000000031");
        assertThat(sent.status()).isEqualTo(200);
        assertThat(house.whatsapp.sent).anySatisfy(message -> {
            assertThat(message.stanzaId()).isEqualTo(sent.data().getString("messageId"));
            assertThat(message.to()).hasToString("120363000000000031@g.us");
        });
        assertThat(send("120363000000000032@g.us").code()).isEqualTo("NOT_A_MEMBER");
        assertThat(send("120363000000000033").code()).isEqualTo("NOT_GROUP_ADMIN");
        house.whatsapp.refuse(Request.ReadGroup.class, Request.Refusal.GROUP_NOT_FOUND);
        assertThat(send("120363000000000034").code()).isEqualTo("GROUP_NOT_FOUND");
        assertThat(house.whatsapp.sent.stream().filter(message -> message.to().isGroup()))
                .hasSize(1);
    }

    private static Reply send(String group) {
        return admin.post(
                path("/send-group-message"),
                new JsonObject().put("groupId", group).put("message", "hello"));
    }

    @Test
    void whatHappensToAGroupIsAnEvent() throws Exception {
        house.whatsapp.tell(
                "groups",
                new PageEvent.GroupChanged(
                        Optional.empty(),
                        Jid.parse(GROUP),
                        "subject",
                        List.of(new Person(Optional.of(BEN), Optional.of(new Jid("5512", Jid.LID)))),
                        Optional.of(new Person(Optional.empty(), Optional.of(HIDDEN))),
                        Optional.of("Renamed"),
                        Instant.parse("2026-01-15T08:30:00Z")));
        String renamed = "select data::text from event where type = 'group.changed' and data->>'action' = 'subject'";
        await().until(() -> !house.column(renamed).isEmpty());
        JsonObject event = new JsonObject(house.column(renamed).getFirst());
        assertThat(event.getString("groupId")).isEqualTo(GROUP);
        assertThat(event.getString("action")).isEqualTo("subject");
        assertThat(event.getString("value")).isEqualTo("Renamed");
        assertThat(event.getJsonArray("participants")).containsExactly(BEN.toString());
        assertThat(house.column("select lid from contact where contact_id = '" + BEN + "'"))
                .containsExactly("5512@lid");
    }

    /** A page tells its notes again after a restart; one notice may carry two changes. */
    @Test
    void aNoteThatIsToldAgainIsNoNews() throws Exception {
        Jid group = Jid.parse("120363000000000041@g.us");
        for (int i = 0; i < 2; i++) {
            house.whatsapp.tell("groups", change("NOTE1", group, "add"));
            house.whatsapp.tell("groups", change("NOTE1", group, "promote"));
        }
        house.whatsapp.tell("groups", change("NOTE2", group, "add"));
        house.whatsapp.tell("groups", change("NOTE1", Jid.parse("120363000000000042@g.us"), "leave"));
        await().until(() -> house.column("select 1 from event where data->>'action' = 'leave'")
                        .size()
                == 1);
        assertThat(house.column(
                        "select data->>'action' from event where type = 'group.changed' and data->>'groupId' = '"
                                + group + "' order by seq"))
                .containsExactly("add", "promote", "add");
    }

    private static PageEvent.GroupChanged change(String noteId, Jid group, String action) {
        Person ben = new Person(Optional.of(BEN), Optional.empty());
        return new PageEvent.GroupChanged(
                Optional.of(noteId), group, action, List.of(ben), Optional.empty(), Optional.empty(), Instant.now());
    }

    /** What WhatsApp refuses, in our words. */
    @ParameterizedTest
    @CsvSource({
        "GROUP_NOT_FOUND, 404, GROUP_NOT_FOUND",
        "NOT_A_MEMBER, 422, NOT_A_MEMBER",
        "NOT_GROUP_ADMIN, 422, NOT_GROUP_ADMIN",
        "REFUSED, 422, WHATSAPP_REFUSED"
    })
    void refusalsOfWhatsAppAreTold(Request.Refusal refusal, int status, String code) {
        house.whatsapp.refuse(Request.ChangeMembers.class, refusal);
        house.whatsapp.refuse(Request.ReadInviteLink.class, refusal);
        house.whatsapp.refuse(Request.LeaveGroup.class, refusal);
        for (Reply reply : List.of(
                admin.post(
                        path("/groups/" + GROUP + "/participants"),
                        new JsonObject().put("participants", JsonArray.of(ANA.toString()))),
                admin.delete(path("/groups/" + GROUP + "/admins/" + ANA.user())),
                admin.get(path("/groups/" + GROUP + "/invite-link")),
                admin.post(path("/groups/" + GROUP + "/leave")))) {
            assertThat(reply.status()).isEqualTo(status);
            assertThat(reply.code()).isEqualTo(code);
        }
    }

    private static Request.Group group(String subject) {
        return group(Jid.parse(GROUP).user(), subject, false, Standing.ADMIN);
    }

    private static Request.Group group(String id, String subject, boolean announce, Standing mine) {
        Person ana = new Person(Optional.of(ANA), Optional.empty());
        return new Request.Group(
                new Jid(id, Jid.GROUP),
                subject,
                "",
                Optional.of(ana),
                Optional.of(Instant.parse("2026-01-15T08:30:00Z")),
                announce,
                List.of(
                        new Request.Member(ana, Standing.SUPER_ADMIN),
                        new Request.Member(new Person(Optional.empty(), Optional.of(HIDDEN)), Standing.MEMBER)),
                mine);
    }

    private static String path(String rest) {
        return FakeHouse.DEVICES + "/groups" + rest;
    }

    private static List<String> strings(Reply reply, String list, String field) {
        assertThat(reply.status()).as(reply.text()).isBetween(200, 201);
        return reply.data().getJsonArray(list).stream()
                .map(each -> ((JsonObject) each).getString(field))
                .toList();
    }
}
