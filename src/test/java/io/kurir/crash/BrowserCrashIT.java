package io.kurir.crash;

import org.junit.jupiter.api.Test;

/** {@code kill -9} of Chromium: the session opens another one by itself. */
final class BrowserCrashIT {
    @Test
    void everyAcceptedMessageIsReadExactlyOnce() throws Exception {
        Campaign.run("BrowserCrashIT", world -> new Campaign.Victim() {
            @Override
            public void kill() throws Exception {
                world.kurir.browser().destroyForcibly();
            }

            @Override
            public void revive(long opened) {
                world.awaitConnected(opened);
            }
        });
    }
}
