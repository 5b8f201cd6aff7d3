package io.kurir.simulator;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The unmodified whatsapp-web.js on the simulated page: a second client that agrees on how the page behaves. */
class WhatsAppWebJsIT {

    @Test
    void agrees() {
        try (World world = new World()) {
            String keytool =
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
            BrowserScript.run(world.simulator, "conformance.mjs", Map.of("KEYTOOL", keytool));
        }
    }
}
