package io.kurir.client;

/** The bus addresses that programs outside may use; {@code asyncapi.yaml} says what goes there. A change that old programs would not understand gets a new {@code v}. */
public final class Addresses {
    public static final String SEND_TEXT = "kurir.v1.send-text";
    public static final String SEND_MEDIA = "kurir.v1.send-media";
    public static final String DEVICE_STATUS = "kurir.v1.device-status";
    public static final String EVENTS = "kurir.v1.events";

    private Addresses() {}
}
