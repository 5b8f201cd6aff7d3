package io.kurir.simulator;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a message on the wire says, in the words of the control plane. */
final class Content {
    /** The kinds of files, by the type of the message. */
    static final Map<String, String> KINDS = Map.of(
            "image",
            "image",
            "video",
            "video",
            "ptv",
            "video",
            "audio",
            "audio",
            "ptt",
            "voice",
            "document",
            "document",
            "sticker",
            "sticker");

    private static final Pattern FULL_NAME = Pattern.compile("(?m)^FN:(.*?)\\r?$");
    private static final Pattern PHONE = Pattern.compile("(?m)^[^:\\n]*TEL[^:\\n]*:\\s*([^\\r\\n]*)");

    private Content() {}

    static boolean isMedia(JsonObject message) {
        return KINDS.containsKey(type(message));
    }

    static String type(JsonObject message) {
        return message.getString("type", "chat");
    }

    /** {@code type, text} and, where there is such a thing, {@code quoted, mentions, media, location, contacts, poll}. */
    static JsonObject shown(JsonObject message) {
        JsonObject shown = new JsonObject().put("type", type(message)).put("text", text(message));
        String quoted = message.getString("quotedStanzaID");
        if (quoted != null) {
            Object text =
                    message.getValue("quotedMsg") instanceof JsonObject original ? original.getValue("body") : null;
            shown.put("quoted", new JsonObject().put("id", quoted).put("text", text));
        }
        JsonArray mentions = message.getJsonArray("mentionedJidList");
        if (mentions != null && !mentions.isEmpty()) {
            shown.put("mentions", mentions);
        }
        if (isMedia(message)) {
            shown.put("media", media(message));
        }
        switch (type(message)) {
            case "location" -> shown.put("location", location(message));
            case "vcard" -> shown.put("contacts", new JsonArray().add(contact(message.getString("body", ""))));
            case "multi_vcard" -> shown.put("contacts", contacts(message.getJsonArray("vcardList", new JsonArray())));
            case "poll_creation" -> shown.put("poll", poll(message));
            default -> {}
        }
        return shown;
    }

    private static String text(JsonObject message) {
        return switch (type(message)) {
            case "chat" -> message.getString("body", "");
            case "location", "vcard", "multi_vcard", "poll_creation" -> "";
            default -> isMedia(message) ? caption(message) : message.getString("body", "");
        };
    }

    /** A page gives a document without a caption its file name as one. */
    private static String caption(JsonObject message) {
        String caption = message.getString("caption", "");
        boolean byUser = message.getBoolean("isCaptionByUser", true);
        return byUser ? caption : "";
    }

    private static JsonObject media(JsonObject message) {
        JsonObject media = new JsonObject()
                .put("kind", KINDS.get(type(message)))
                .put("mimetype", message.getString("mimetype"))
                .put("size", message.getLong("size"))
                .put("sha256", Sealed.hex(message.getString("filehash", "")));
        if (message.getString("filename") != null) {
            media.put("fileName", message.getString("filename"));
        }
        if (!caption(message).isEmpty()) {
            media.put("caption", caption(message));
        }
        return media;
    }

    private static JsonObject location(JsonObject message) {
        JsonObject location =
                new JsonObject().put("latitude", message.getDouble("lat")).put("longitude", message.getDouble("lng"));
        List<String> words = message.getString("loc", "").lines().toList();
        if (!words.isEmpty()) {
            location.put("name", words.getFirst());
        }
        if (words.size() > 1) {
            location.put("address", String.join("\n", words.subList(1, words.size())));
        }
        return location;
    }

    private static JsonArray contacts(JsonArray cards) {
        JsonArray contacts = new JsonArray();
        cards.forEach(card -> contacts.add(contact(((JsonObject) card).getString("vcard", ""))));
        return contacts;
    }

    private static JsonObject contact(String vcard) {
        Matcher name = FULL_NAME.matcher(vcard);
        Matcher phone = PHONE.matcher(vcard);
        return new JsonObject()
                .put("name", name.find() ? name.group(1) : "")
                .put("phone", phone.find() ? phone.group(1).replaceAll("\\D", "") : "");
    }

    static String vcard(String name, String phone) {
        return "BEGIN:VCARD\nVERSION:3.0\nN:;" + name + ";;;\nFN:" + name + "\nTEL;type=CELL;type=VOICE;waid=" + phone
                + ":+" + phone + "\nEND:VCARD";
    }

    private static JsonObject poll(JsonObject message) {
        JsonArray options = new JsonArray();
        message.getJsonArray("pollOptions", new JsonArray())
                .forEach(option -> options.add(((JsonObject) option).getString("name")));
        return new JsonObject()
                .put("name", message.getString("pollName"))
                .put("options", options)
                .put("selectable", message.getInteger("pollSelectableOptionsCount", 0))
                .put("votes", new JsonArray());
    }
}
