package io.kurir.webhook;

import io.kurir.Names;
import io.kurir.access.Reach;
import io.kurir.http.Problem;
import io.kurir.session.Device;
import io.kurir.session.Devices;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The one webhook of a device, for clients that know of no more. It belongs to the device's owner, whoever sets it, and is a webhook like any
 * other: listed, delivered and replayed as such. To be called on a virtual thread.
 */
public final class DeviceWebhook {
    /** Absent fields stay as they are; {@code url} must be there the first time. */
    public record Change(Optional<String> url, Optional<List<String>> events, Optional<Boolean> enabled) {}

    /** {@code secret}: what signs its deliveries, told only when it was made; {@code events} empty: all. */
    public record Present(String url, List<String> events, boolean enabled, Optional<String> secret) {}

    private final Webhooks webhooks;
    private final Devices devices;

    public DeviceWebhook(Webhooks webhooks, Devices devices) {
        this.webhooks = webhooks;
        this.devices = devices;
    }

    /** Throws that of {@link Devices#get}. */
    public Optional<Present> find(Reach reach, String deviceId) {
        Device device = devices.get(reach, deviceId);
        return webhooks.find(owner(device), id(device)).map(webhook -> present(webhook, Optional.empty()));
    }

    /** Makes or changes it. Throws {@code INVALID_PAYLOAD} and that of {@link Devices#get}. */
    public Present put(Reach reach, String deviceId, Change change) {
        Device device = devices.get(reach, deviceId);
        Webhooks.Wanted wanted = new Webhooks.Wanted(
                change.url(), change.events(), Optional.empty(), Optional.empty(), change.enabled());
        boolean there = webhooks.find(owner(device), id(device)).isPresent();
        if (!there && change.url().isEmpty()) {
            throw Problem.invalid("url", "is missing");
        }
        if (!there && create(device, wanted)) {
            Webhook made = webhooks.get(owner(device), id(device));
            return present(made, Optional.of(made.endpoint().secret()));
        }
        return present(webhooks.update(owner(device), id(device), wanted), Optional.empty());
    }

    private boolean create(Device device, Webhooks.Wanted wanted) {
        return webhooks.create(
                new Webhooks.Owner(id(device), device.ownerId(), Optional.of(device.deviceId()), false),
                wanted,
                Optional.empty(),
                Names.random());
    }

    private static Reach owner(Device device) {
        return new Reach(Optional.of(device.ownerId()), Optional.of(Set.of(device.deviceId())));
    }

    /** The same each time, so that two who set it at once do not make two. */
    private static String id(Device device) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(("the webhook of " + device.deviceId()).getBytes(StandardCharsets.UTF_8));
            return "wh_" + HexFormat.of().formatHex(hash, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    private static Present present(Webhook webhook, Optional<String> secret) {
        return new Present(webhook.endpoint().url(), webhook.events(), webhook.enabled(), secret);
    }
}
