package io.kurir.webhook;

import io.kurir.Names;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Proves to an endpoint that a call is ours: HMAC-SHA256 over time stamp, point and body, in hexadecimal digits. */
final class Signature {
    private Signature() {}

    static String mint(Names names) {
        return "whsec_" + Base64.getUrlEncoder().withoutPadding().encodeToString(names.bytes(32));
    }

    /** {@code v1=…}, and while a secret is being rotated another one for the previous secret. */
    static String header(Webhook.Endpoint endpoint, String timestamp, Buffer body) {
        return Stream.concat(Stream.of(endpoint.secret()), endpoint.previous().stream())
                .map(secret -> "v1=" + hmac(secret, timestamp, body))
                .collect(Collectors.joining(","));
    }

    private static String hmac(String secret, String timestamp, Buffer body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update((timestamp + ".").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(mac.doFinal(body.getBytes()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }
}
