package io.kurir.simulator;

import io.kurir.simulator.Operation.Call;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Turns what the control plane is asked to have a phone write into a message on the wire. Owned by the simulator's context. */
final class Composer {
    private static final Map<String, String> TYPES = Content.KINDS.entrySet().stream()
            .filter(kind -> !kind.getKey().equals("ptv"))
            .collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));

    private static final Map<String, String> MIMETYPES = Map.of(
            "image", "image/jpeg",
            "video", "video/mp4",
            "audio", "audio/mpeg",
            "voice", "audio/ogg; codecs=opus",
            "document", "application/octet-stream",
            "sticker", "image/webp");

    private final Network network;

    Composer(Network network) {
        this.network = network;
    }

    /** @throws Refusal 400 if the body says nothing, or something that cannot be, 404 for an unknown quote */
    JsonObject compose(Account from, Chat chat, Call call) {
        JsonObject body = call.body();
        JsonObject message = content(call);
        if (body.getString("quoted") != null) {
            quote(message, from, chat, body.getString("quoted"));
        }
        JsonArray mentions = body.getJsonArray("mentions", new JsonArray());
        if (!mentions.isEmpty()) {
            List<Account> named =
                    mentions.stream().map(String::valueOf).map(network::account).toList();
            boolean byLid = chat instanceof Chat.Many;
            message.put(
                    "mentionedJidList",
                    new JsonArray(
                            named.stream().map(one -> byLid ? one.lid : one.pn).toList()));
            if (byLid) {
                named.forEach(one -> nameByLid(message, one));
            }
        }
        return message;
    }

    /** Where a phone's text has somebody's number, it sends the digits of the name that it lists. */
    private static void nameByLid(JsonObject message, Account one) {
        for (String field : List.of("body", "caption")) {
            String text = message.getString(field);
            if (text != null) {
                message.put(
                        field, text.replaceAll("@" + Account.user(one.pn) + "(?!\\d)", "@" + Account.user(one.lid)));
            }
        }
    }

    private JsonObject content(Call call) {
        JsonObject body = call.body();
        if (body.getJsonObject("media") != null) {
            return media(body.getJsonObject("media"));
        }
        if (body.getJsonObject("location") != null) {
            return location(body.getJsonObject("location"));
        }
        if (body.getJsonObject("poll") != null) {
            return poll(body.getJsonObject("poll"));
        }
        if (body.getJsonArray("contacts") != null) {
            return contacts(body.getJsonArray("contacts"));
        }
        return new JsonObject().put("type", "chat").put("body", call.text("text"));
    }

    private JsonObject media(JsonObject media) {
        String kind = media.getString("kind", "");
        String type = Optional.ofNullable(TYPES.get(kind))
                .orElseThrow(() -> new Refusal(400, "`media.kind` is one of " + String.join(", ", TYPES.keySet())));
        byte[] plain = bytes(media);
        Sealed file = Sealed.of(plain);
        JsonObject message = new JsonObject()
                .put("type", type)
                .put("mimetype", media.getString("mimetype", MIMETYPES.get(kind)))
                .put("size", plain.length)
                .put("filehash", Sealed.base64(Sealed.sha256(plain)))
                .put("encFilehash", Sealed.base64(Sealed.sha256(file.bytes)))
                .put("mediaKey", Sealed.base64(file.key))
                .put("mediaKeyTimestamp", System.currentTimeMillis() / 1000)
                .put("directPath", MediaDoor.PATH + network.blobs.put(file.bytes));
        if (media.getString("caption") != null) {
            message.put("caption", media.getString("caption"));
        }
        if (media.getString("fileName") != null) {
            message.put("filename", media.getString("fileName"));
        }
        if (List.of("audio", "voice", "video").contains(kind)) {
            message.put("duration", media.getInteger("seconds", 1));
        }
        return message;
    }

    /** Those that are given, or so many that repeat only after 251. */
    private static byte[] bytes(JsonObject media) {
        if (media.getString("base64") != null) {
            try {
                return Base64.getDecoder().decode(media.getString("base64"));
            } catch (IllegalArgumentException malformed) {
                throw new Refusal(400, "`media.base64` is no base64");
            }
        }
        int size = media.getInteger("size", -1);
        if (size < 0 || size > Blobs.LIMIT - 32) {
            throw new Refusal(400, "`media` needs base64, or a size of at most " + (Blobs.LIMIT - 32));
        }
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (i % 251);
        }
        return bytes;
    }

    private static JsonObject location(JsonObject location) {
        String name = location.getString("name", "");
        String address = location.getString("address", "");
        return new JsonObject()
                .put("type", "location")
                .put("lat", location.getDouble("latitude"))
                .put("lng", location.getDouble("longitude"))
                .put("loc", address.isEmpty() ? name : name + "\n" + address);
    }

    private static JsonObject poll(JsonObject poll) {
        JsonArray options = new JsonArray();
        for (Object name : poll.getJsonArray("options", new JsonArray())) {
            options.add(new JsonObject().put("name", name).put("localId", options.size()));
        }
        return new JsonObject()
                .put("type", "poll_creation")
                .put("pollName", poll.getString("name", ""))
                .put("pollOptions", options)
                .put("pollSelectableOptionsCount", poll.getInteger("selectable", 0));
    }

    private static JsonObject contacts(JsonArray contacts) {
        JsonArray cards = new JsonArray();
        for (Object one : contacts) {
            JsonObject contact = (JsonObject) one;
            String name = contact.getString("name", "");
            cards.add(new JsonObject()
                    .put("displayName", name)
                    .put("vcard", Content.vcard(name, contact.getString("phone", "")))
                    .put("isMultiVcard", false));
        }
        if (cards.isEmpty()) {
            throw new Refusal(400, "`contacts` is empty");
        }
        JsonObject first = cards.getJsonObject(0);
        return cards.size() > 1
                ? new JsonObject().put("type", "multi_vcard").put("vcardList", cards)
                : new JsonObject()
                        .put("type", "vcard")
                        .put("body", first.getString("vcard"))
                        .put("vcardFormattedName", first.getString("displayName"));
    }

    private void quote(JsonObject message, Account from, Chat chat, String id) {
        Entry original = from.conversations
                .find(true, chat.id(), id)
                .or(() -> from.conversations.find(false, chat.id(), id))
                .orElseThrow(() -> new Refusal(404, "the phone has no message " + id + " in this chat"));
        Account author = network.account(original.author());
        JsonObject quoted = original.content();
        quoted.remove("id");
        message.put("quotedStanzaID", id)
                .put("quotedParticipant", chat instanceof Chat.Many ? author.lid : author.pn)
                .put("quotedMsg", quoted);
        if (chat instanceof Chat.Many many) {
            message.put("quotedRemoteJid", many.id());
        }
    }
}
