package io.kurir.message;

import io.kurir.Names;
import java.util.HexFormat;

/** WhatsApp's short message id in the form that WhatsApp Web itself mints: {@code 3EB0} and 18 hexadecimal digits. */
public final class StanzaId {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private StanzaId() {}

    public static String mint(Names names) {
        return "3EB0" + HEX.formatHex(names.bytes(9));
    }

    /** Of any form that a caller may hold: the short id, or {@code true_628…@c.us_3EB0…}. */
    static String of(String anyForm) {
        String[] parts = anyForm.split("_", -1);
        return parts.length >= 3 ? parts[2] : anyForm;
    }
}
