package io.kurir.bus;

import io.kurir.client.Seal;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** The ids of the frames that one consumer has had for as long as a frame is good, so that a command that is sent again by who overheard it is not obeyed twice. */
final class Seen {
    /** Twice, because the sender's clock may be ahead by as much. */
    private static final long KEPT =
            Seal.LIFETIME.plus(Seal.LIFETIME).plus(Duration.ofSeconds(1)).toNanos();

    private final Map<UUID, Long> ids = new LinkedHashMap<>();

    /** Whether it is new. */
    synchronized boolean first(UUID id) {
        long now = System.nanoTime();
        Iterator<Long> oldest = ids.values().iterator();
        while (oldest.hasNext() && now - oldest.next() > KEPT) {
            oldest.remove();
        }
        return ids.putIfAbsent(id, now) == null;
    }
}
