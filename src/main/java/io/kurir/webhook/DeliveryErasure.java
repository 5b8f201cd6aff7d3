package io.kurir.webhook;

import io.kurir.erasure.Part;
import io.kurir.erasure.Person;
import io.vertx.core.Future;
import java.util.Optional;

/** Erases what was and is to be delivered of a person's chats; the payloads are in the event log. */
public final class DeliveryErasure implements Part {
    private final Deliveries deliveries;

    public DeliveryErasure(Deliveries deliveries) {
        this.deliveries = deliveries;
    }

    @Override
    public String name() {
        return "deliveries";
    }

    @Override
    public Future<Long> erase(Person person) {
        Future<Long> sum = Future.succeededFuture(0L);
        for (String name : person.names()) {
            sum = sum.compose(before ->
                    deliveries.erase(person.deviceId(), Optional.of(name)).map(count -> before + count));
        }
        return sum;
    }

    @Override
    public Future<Long> eraseDevice(String deviceId) {
        return deliveries.erase(deviceId, Optional.empty());
    }
}
