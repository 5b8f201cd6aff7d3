package io.kurir.whatsapp;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.whatsapp.Request.MemberAction;
import io.kurir.whatsapp.Request.Refusal;
import io.kurir.whatsapp.Request.Standing;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Groups: reading, changing, writing to them, and what others do in them. Nobody is named by LID whose number is known. */
public abstract class GroupConformance extends Conformance {
    private static final Jid NO_GROUP = Jid.parse("120363000000000000@g.us");

    private Request.Created create(String... members) {
        List<Jid> people = List.of(members).stream().map(Jid::ofPhone).toList();
        return device().execute(new Request.CreateGroup("A group", people));
    }

    /** A group of somebody else's with us in it, once our page knows it. */
    private Jid theirs(String by, String... others) {
        JsonArray members =
                new JsonArray().addAll(new JsonArray(List.of(others))).add(me());
        JsonObject group = rig().api(
                        "POST",
                        "/api/groups",
                        new JsonObject().put("by", by).put("subject", "Theirs").put("members", members));
        Jid id = Jid.parse(group.getString("id"));
        device().await(PageEvent.GroupChanged.class, one -> one.group().equals(id));
        return id;
    }

    private void change(Jid group, String by, String action, String whom) {
        rig().api(
                        "POST",
                        "/api/groups/" + group + "/participants",
                        new JsonObject().put("by", by).put(action, new JsonArray().add(whom)));
    }

    private PageEvent.GroupChanged changed(Jid group, String action) {
        return device().await(
                        PageEvent.GroupChanged.class,
                        one -> one.group().equals(group) && one.action().equals(action));
    }

    @Test
    void aGroupIsCreatedReadAndListed() {
        String ann = person();
        String bob = person();
        Request.Created created = create(ann, bob);
        assertThat(created.members())
                .containsExactly(
                        new Request.Change(Jid.ofPhone(ann), 200, Optional.empty()),
                        new Request.Change(Jid.ofPhone(bob), 200, Optional.empty()));
        Request.Group group = device().execute(new Request.ReadGroup(created.group()));
        assertThat(group.subject()).isEqualTo("A group");
        assertThat(group.mine()).isEqualTo(Standing.SUPER_ADMIN);
        assertThat(group.members())
                .extracting(one -> one.person().phone())
                .containsExactlyInAnyOrder(
                        Optional.of(Jid.ofPhone(me())), Optional.of(Jid.ofPhone(ann)), Optional.of(Jid.ofPhone(bob)));
        assertThat(device().execute(new Request.ListGroups()).groups())
                .extracting(Request.Group::id)
                .contains(created.group());
    }

    @Test
    void somebodyWhoIsNotOnWhatsAppDoesNotHinderAGroup() {
        Request.Created created = create(person(), "62899990000");
        assertThat(created.members()).extracting(Request.Change::code).containsExactly(200, 404);
    }

    @Test
    void membersAreAddedPromotedDemotedAndRemovedAndRepeatsSaySo() {
        Jid group = create(person()).group();
        String ann = person();
        assertThat(codes(group, MemberAction.ADD, ann)).containsExactly(200);
        assertThat(codes(group, MemberAction.ADD, ann)).containsExactly(409);
        assertThat(codes(group, MemberAction.PROMOTE, ann)).containsExactly(200);
        assertThat(standing(group, ann)).isEqualTo(Standing.ADMIN);
        assertThat(codes(group, MemberAction.PROMOTE, ann)).containsExactly(409);
        assertThat(codes(group, MemberAction.DEMOTE, ann)).containsExactly(200);
        assertThat(standing(group, ann)).isEqualTo(Standing.MEMBER);
        assertThat(codes(group, MemberAction.REMOVE, ann)).containsExactly(200);
        assertThat(codes(group, MemberAction.REMOVE, ann, "62899990000")).containsExactly(404, 404);
        changed(group, "remove");
    }

    private List<Integer> codes(Jid group, MemberAction action, String... people) {
        List<Jid> whom = List.of(people).stream().map(Jid::ofPhone).toList();
        return device().execute(new Request.ChangeMembers(group, action, whom)).changes().stream()
                .map(Request.Change::code)
                .toList();
    }

    private Standing standing(Jid group, String phone) {
        return device().execute(new Request.ReadGroup(group)).members().stream()
                .filter(one -> one.person().phone().equals(Optional.of(Jid.ofPhone(phone))))
                .map(Request.Member::standing)
                .findFirst()
                .orElse(Standing.NONE);
    }

    @Test
    void theInviteLinkIsRead() {
        Jid group = create(person()).group();
        String code = rig().api("GET", "/api/groups/" + group).getString("inviteCode");
        assertThat(device().execute(new Request.ReadInviteLink(group)).url())
                .isEqualTo("https://chat.whatsapp.com/" + code);
    }

    @Test
    void aTextToAGroupReachesItsMembersWithItsMentions() {
        String ann = person();
        Jid group = create(ann, person()).group();
        String id = Fixture.id();
        OutgoingMessage text = new OutgoingMessage(
                id,
                group,
                new Content.Text("ask @" + ann),
                Optional.empty(),
                Optional.empty(),
                List.of(Jid.ofPhone(ann)),
                false);
        assertThat(device().send(text)).isEqualTo(new Command.Taken());
        device().awaitOnItsWay(id);
        assertThat(shown(ann, id).getJsonArray("mentions")).containsExactly(lid(ann));
        assertThat(shown(ann, id).getString("text"))
                .isEqualTo("ask @" + Jid.parse(lid(ann)).user());
        assertThat(device().send(text)).isInstanceOf(Command.Known.class);

        device().execute(new Request.Edit(group, id, "do ask @" + ann));
        Rig.await("the edit", () -> shown(ann, id).getString("text").startsWith("do ask"));
        assertThat(shown(ann, id).getJsonArray("mentions")).containsExactly(lid(ann));
    }

    /** A phone shows a mention only where the text has the digits of the name that is listed. */
    private String lid(String phone) {
        Jid number = Jid.ofPhone(phone);
        Person person = Objects.requireNonNull(
                device().execute(new Command.CheckNumbers(List.of(number))).get(number));
        return person.lid().orElseThrow().toString();
    }

    @Test
    void aTextInAGroupIsToldWithItsAuthorAndItsMentionsByNumber() {
        String ann = person();
        Jid group = theirs(ann);
        IncomingMessage message = received(
                ann,
                group.toString(),
                new JsonObject().put("text", "hello @" + me()).put("mentions", new JsonArray().add(me())));
        assertThat(message.chat()).isEqualTo(group);
        assertThat(message.author()).contains(Jid.ofPhone(ann));
        assertThat(message.mentions()).containsExactly(Jid.ofPhone(me()));
        assertThat(shown(ann, message.stanzaId()).getJsonArray("mentions")).hasSize(1);
        assertThat(message.text()).isEqualTo("hello @" + me());
        assertThat(message.fromMe()).isFalse();
    }

    @Test
    void aPictureToAGroupReachesItsMembersWithItsCaptionItsMentionAndWhatItAnswers() {
        String ann = person();
        String bob = person();
        Jid group = theirs(ann, bob);
        IncomingMessage question = received(ann, group.toString(), new JsonObject().put("text", "which one?"));
        String id = Fixture.id();
        OutgoingMessage picture = new OutgoingMessage(
                id,
                group,
                new Content.Media(
                        Content.Kind.IMAGE,
                        "image/png",
                        Optional.empty(),
                        MediaConformance.PICTURE.length,
                        "this one, @" + ann),
                Optional.of(Fixture.file(MediaConformance.PICTURE)),
                Optional.of(question.stanzaId()),
                List.of(Jid.ofPhone(ann)),
                false);
        assertThat(device().send(picture)).isEqualTo(new Command.Taken());
        device().awaitOnItsWay(id);
        for (String member : List.of(ann, bob)) {
            JsonObject shown = shown(member, id);
            assertThat(shown.getString("type")).isEqualTo("image");
            assertThat(shown.getJsonObject("media").getString("caption"))
                    .isEqualTo("this one, @" + Jid.parse(lid(ann)).user());
            assertThat(shown.getJsonArray("mentions")).hasSize(1);
            assertThat(shown.getJsonObject("quoted").getString("id")).isEqualTo(question.stanzaId());
            String base64 =
                    rig().api("GET", "/api/phones/" + member + "/media/" + id).getString("base64");
            assertThat(java.util.Base64.getDecoder().decode(base64)).isEqualTo(MediaConformance.PICTURE);
        }
        assertThat(device().send(picture)).isInstanceOf(Command.Known.class);
    }

    @Test
    void aReactionInAGroupNamesWhoReactedAndOursReachesAnAuthor() {
        String ann = person();
        Jid group = theirs(ann);
        IncomingMessage message = received(ann, group.toString(), new JsonObject().put("text", "react"));
        device().execute(new Request.React(group, message.stanzaId(), "👍"));
        Rig.await("the reaction", () -> shown(ann, message.stanzaId()).encode().contains("👍"));
        act(
                ann,
                "react",
                new JsonObject()
                        .put("to", group.toString())
                        .put("id", message.stanzaId())
                        .put("emoji", "🎉"));
        PageEvent.Reacted reacted = device().await(
                        PageEvent.Reacted.class,
                        one -> one.stanzaId().equals(message.stanzaId())
                                && one.emoji().equals("🎉"));
        assertThat(reacted.by().phone()).contains(Jid.ofPhone(ann));
        assertThat(reacted.chat()).isEqualTo(group);
    }

    @Test
    void whatOthersChangeIsTold() {
        String ann = person();
        String bob = person();
        Jid group = theirs(ann);
        change(group, ann, "add", bob);
        PageEvent.GroupChanged added = changed(group, "add");
        assertThat(added.people()).extracting(Person::phone).containsExactly(Optional.of(Jid.ofPhone(bob)));
        assertThat(added.by().flatMap(Person::phone)).contains(Jid.ofPhone(ann));
        change(group, ann, "promote", bob);
        changed(group, "promote");
        rig().api(
                        "POST",
                        "/api/groups/" + group + "/subject",
                        new JsonObject().put("by", ann).put("subject", "Renamed"));
        assertThat(changed(group, "subject").value()).contains("Renamed");
        rig().api(
                        "POST",
                        "/api/groups/" + group + "/description",
                        new JsonObject().put("by", ann).put("description", "What it is for"));
        assertThat(changed(group, "description").value()).contains("What it is for");
        rig().api("POST", "/api/groups/" + group + "/leave", new JsonObject().put("phone", bob));
        assertThat(changed(group, "leave").people())
                .extracting(Person::phone)
                .containsExactly(Optional.of(Jid.ofPhone(bob)));
    }

    @Test
    void whoIsNoAdminOrNoMemberIsRefusedAndThePageGoesOn() {
        String ann = person();
        Jid group = theirs(ann);
        Request.ChangeMembers add = new Request.ChangeMembers(group, MemberAction.ADD, List.of(Jid.ofPhone(person())));
        refused(add, Refusal.NOT_GROUP_ADMIN);
        refused(new Request.ReadInviteLink(group), Refusal.NOT_GROUP_ADMIN);
        change(group, ann, "remove", me());
        changed(group, "remove");
        refused(add, Refusal.NOT_A_MEMBER);
        refused(OutgoingMessage.text(Fixture.id(), group, "hello"), Command.Reason.NOT_ALLOWED);
        theNextTextGoesOut();
    }

    @Test
    void anUnknownGroupIsRefusedAndThePageGoesOn() {
        refused(new Request.ReadGroup(NO_GROUP), Refusal.GROUP_NOT_FOUND);
        refused(new Request.ReadInviteLink(NO_GROUP), Refusal.GROUP_NOT_FOUND);
        refused(new Request.LeaveGroup(NO_GROUP), Refusal.GROUP_NOT_FOUND);
        refused(OutgoingMessage.text(Fixture.id(), NO_GROUP, "hello"), Command.Reason.GROUP_NOT_FOUND);
        theNextTextGoesOut();
    }

    @Test
    void leavingTwiceIsLeavingOnce() {
        Jid group = theirs(person());
        assertThat(device().execute(new Request.LeaveGroup(group))).isEqualTo(new Request.Done());
        assertThat(device().execute(new Request.LeaveGroup(group))).isEqualTo(new Request.Done());
        assertThat(device().execute(new Request.ReadGroup(group)).mine()).isEqualTo(Standing.NONE);
    }
}
