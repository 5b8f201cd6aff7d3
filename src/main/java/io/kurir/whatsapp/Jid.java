package io.kurir.whatsapp;

import io.kurir.http.Problem;

/**
 * Where a message goes or comes from, in WhatsApp Web's own form: {@code 6281…@c.us} (a phone number), {@code …@lid} (a person whose
 * number is hidden), {@code …@g.us} (a group).
 */
public record Jid(String user, String server) {
    public static final String PHONE = "c.us";
    public static final String LID = "lid";
    public static final String GROUP = "g.us";

    /** Reads {@code user@server}; {@code @s.whatsapp.net} is the wire's name of {@code @c.us}, a device suffix ({@code :7}) is dropped. */
    public static Jid parse(String text) {
        int at = text.indexOf('@');
        if (at < 1 || at == text.length() - 1) {
            throw Problem.invalid("to", "is not a WhatsApp id: expected user@server");
        }
        String server = text.substring(at + 1);
        String user = text.substring(0, at);
        int device = user.indexOf(':');
        return new Jid(device < 0 ? user : user.substring(0, device), server.equals("s.whatsapp.net") ? PHONE : server);
    }

    public static Jid ofPhone(String digits) {
        return new Jid(digits, PHONE);
    }

    public boolean isPhone() {
        return server.equals(PHONE);
    }

    public boolean isLid() {
        return server.equals(LID);
    }

    public boolean isGroup() {
        return server.equals(GROUP);
    }

    @Override
    public String toString() {
        return user + "@" + server;
    }
}
