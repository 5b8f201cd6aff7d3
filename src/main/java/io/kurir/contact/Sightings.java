package io.kurir.contact;

import io.kurir.whatsapp.IncomingMessage;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.PageEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a device's messages and pairings tell of people, each piece once as long as it is remembered. Belongs to one context. */
public final class Sightings {
    private static final int REMEMBERED = 5_000;

    private final Map<Jid, Sighting> told = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Jid, Sighting> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** What is new in it: both names of the chat's person, and what its author is called. */
    public List<Sighting> of(IncomingMessage message) {
        List<Sighting> seen = new ArrayList<>();
        String name = message.fromMe() ? "" : message.senderName();
        if (isPerson(message.chat())) {
            seen.add(Sighting.called(Sighting.person(message.chat(), message.chatLid()), name));
        }
        message.author()
                .filter(author -> !message.fromMe() && isPerson(author))
                .ifPresent(
                        author -> seen.add(Sighting.called(Sighting.person(author, java.util.Optional.empty()), name)));
        return fresh(seen);
    }

    public List<Sighting> of(PageEvent.Paired pair) {
        return fresh(List.of(Sighting.of(Sighting.person(pair.phone(), java.util.Optional.of(pair.lid())))));
    }

    private static boolean isPerson(Jid jid) {
        return jid.isPhone() || jid.isLid();
    }

    private List<Sighting> fresh(List<Sighting> seen) {
        return seen.stream()
                .filter(each -> !each.equals(told.put(each.id().orElseThrow(), each)))
                .toList();
    }
}
