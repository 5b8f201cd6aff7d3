package io.kurir.simulator;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The unmodified wa-js on the simulated page, in Chromium, where chats go by number and where they go by LID. */
class WaJsIT {

    @ParameterizedTest(name = "{0}, by LID: {1}")
    @CsvSource({
        "media, false",
        "media, true",
        "addons, false",
        "addons, true",
        "groups, false",
        "groups, true",
        "history, false",
        "history, true"
    })
    void works(String area, boolean lid) {
        try (World world = new World()) {
            BrowserScript.run(world.simulator, "wajs/" + area + ".mjs", Map.of("LID", String.valueOf(lid)));
        }
    }
}
