package io.kurir.simulator;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The messages that one phone has, in the order of their arrival; the oldest go beyond {@value #LIMIT}. */
final class Conversations {
    private static final int LIMIT = 20_000;

    private final Map<String, Entry> entries = new LinkedHashMap<>();

    Optional<Entry> find(boolean in, String peer, String id) {
        return Optional.ofNullable(entries.get(key(in, peer, id)));
    }

    void put(Entry entry) {
        entries.put(key(entry.in(), entry.peer(), entry.id()), entry);
        if (entries.size() > LIMIT) {
            entries.remove(entries.keySet().iterator().next());
        }
    }

    Collection<Entry> all() {
        return entries.values();
    }

    List<Entry> where(Predicate<Entry> condition) {
        List<Entry> found = new ArrayList<>();
        for (Entry entry : entries.values()) {
            if (condition.test(entry)) {
                found.add(entry);
            }
        }
        return found;
    }

    private static String key(boolean in, String peer, String id) {
        return (in ? "<" : ">") + peer + ' ' + id;
    }
}
