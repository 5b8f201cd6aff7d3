package io.kurir.crash;

import org.junit.jupiter.api.Test;

/** {@code kill -9} of PostgreSQL with all its children: what was reported meanwhile is written when it is back. */
final class PostgresCrashIT {
    @Test
    void everyAcceptedMessageIsReadExactlyOnce() throws Exception {
        Campaign.run("PostgresCrashIT", world -> new Campaign.Victim() {
            @Override
            public void kill() throws Exception {
                world.killPostgres();
            }

            @Override
            public void revive(long opened) {
                world.awaitPostgres();
                world.awaitConnected(0);
            }
        });
    }
}
