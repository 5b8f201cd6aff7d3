package io.kurir.access;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What was found, for 5 seconds. What was not found is asked anew, so that a new key works at once. What is forgotten while it is being asked
 * for is not remembered: the answer may be the one from before. Safe for all threads.
 */
public final class ShortMemory<K, V> {
    private static final long NANOS = 5_000_000_000L;
    private static final int MOST = 10_000;

    private record Entry<V>(V value, long until) {}

    private final ConcurrentHashMap<K, Entry<V>> entries = new ConcurrentHashMap<>();
    private final AtomicLong forgets = new AtomicLong();

    /** Empty when the source has nothing. */
    public Optional<V> get(K key, Supplier<Optional<V>> source) {
        Entry<V> entry = entries.get(key);
        if (entry != null && System.nanoTime() - entry.until < 0) {
            return Optional.of(entry.value);
        }
        if (entries.size() >= MOST) {
            entries.clear(); // rather asked anew than grown without bound
        }
        long before = forgets.get();
        long until = System.nanoTime() + NANOS;
        Optional<V> found = source.get();
        if (found.isEmpty()) {
            entries.remove(key);
            return found;
        }
        entries.put(key, new Entry<>(found.get(), until));
        if (forgets.get() != before) {
            entries.remove(key);
        }
        return found;
    }

    public void forget(K key) {
        forgets.incrementAndGet();
        entries.remove(key);
    }

    void forgetIf(Predicate<V> which) {
        forgets.incrementAndGet();
        entries.values().removeIf(entry -> which.test(entry.value));
    }
}
