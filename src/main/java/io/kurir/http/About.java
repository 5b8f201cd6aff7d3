package io.kurir.http;

import io.kurir.Settings;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/**
 * What this installation is.
 *
 * @param phones the page of the simulated phones, where there is a simulator
 */
public record About(Settings.Mode mode, Optional<URI> phones) {
    public static About of(Settings settings) {
        Optional<URI> phones = settings.mode() == Settings.Mode.SIMULATOR
                ? Optional.of(settings.whatsapp().baseUrl().resolve("/phones/"))
                : Optional.empty();
        return new About(settings.mode(), phones);
    }

    Answer getAbout(Ask ask) {
        return Answer.ok(
                "About this installation",
                new JsonObject()
                        .put("mode", mode.name().toLowerCase(Locale.ROOT))
                        .put("phones", phones.map(URI::toString).orElse(null)));
    }
}
