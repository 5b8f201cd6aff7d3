package io.kurir.agent;

import io.kurir.access.Reach;
import io.kurir.contact.PhoneNumbers;
import io.kurir.http.Problem;
import io.kurir.session.Devices;
import io.vertx.sqlclient.Pool;
import java.util.List;
import java.util.Optional;

/** The chatbots of numbers. To be called on a virtual thread. What is beyond the reach is {@code NOT_FOUND}. */
public final class Chatbots {
    /** One page; {@code total} counts all. */
    record Listing(List<Chatbot> chatbots, long total) {}

    private final ChatbotStore store;
    private final Agents agents;
    private final Devices devices;
    private final String country;

    /** @param country how numbers with a leading 0 are read where no device says otherwise */
    public Chatbots(Pool pool, Agents agents, Devices devices, String country) {
        this.store = new ChatbotStore(pool);
        this.agents = agents;
        this.devices = devices;
        this.country = country;
    }

    Listing list(Reach reach, Optional<String> number, int page, int pageSize) {
        return store.list(reach, number.map(this::digits), page, pageSize).await();
    }

    /** {@code CONFLICT} when the number has one on this device; throws what {@link Devices#get} does. */
    Chatbot create(Reach reach, String deviceId, String number, String status) {
        String digits = PhoneNumbers.digits("sender_number", number, devices.country(devices.get(reach, deviceId)));
        return store.create(deviceId, digits, status)
                .await()
                .orElseThrow(() -> Problem.of(
                        Problem.Code.CONFLICT, "There is a chatbot of " + digits + " on " + deviceId + " already"));
    }

    Chatbot status(Reach reach, long id, String status) {
        return store.status(reach, id, status).await().orElseThrow(() -> unknown(id));
    }

    void delete(Reach reach, long id) {
        if (!store.delete(reach, id).await()) {
            throw unknown(id);
        }
    }

    /** Of the number's chatbots, of which each device has one at most. {@code INVALID_PAYLOAD} for a URL that may not be called. */
    List<Chatbot> endpoint(Reach reach, String number, Optional<String> url) {
        url.flatMap(agents::refusal).ifPresent(why -> {
            throw Problem.invalid("endpoint_url", why);
        });
        List<Chatbot> changed = store.endpoint(reach, digits(number), url).await();
        if (changed.isEmpty()) {
            throw Problem.of(Problem.Code.NOT_FOUND, "There is no chatbot of " + number);
        }
        return changed;
    }

    private String digits(String number) {
        return PhoneNumbers.digits("whatsapp_number", number, country);
    }

    private static Problem unknown(long id) {
        return Problem.of(Problem.Code.NOT_FOUND, "There is no chatbot " + id);
    }
}
