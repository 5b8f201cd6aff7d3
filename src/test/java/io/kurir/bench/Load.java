package io.kurir.bench;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Callers of whom a fixed number is busy at any time. */
final class Load {
    /** So many that those in flight are hardly ever two of one chat, whose order would make them wait for each other. */
    static final int PEOPLE = 500;

    private Load() {}

    interface Call {
        void call(int number) throws Exception;
    }

    /** Calls {@code count} times, on virtual threads. */
    static Sample run(int inFlight, int count, Call call) throws Exception {
        double[] millis = new double[count];
        AtomicInteger next = new AtomicInteger();
        long begin = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> loops = new ArrayList<>();
            for (int loop = 0; loop < inFlight; loop++) {
                loops.add(threads.submit(() -> {
                    for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                        long sent = System.nanoTime();
                        call.call(i);
                        millis[i] = (System.nanoTime() - sent) / 1e6;
                    }
                    return null;
                }));
            }
            for (Future<?> loop : loops) {
                loop.get();
            }
        }
        return Sample.of(millis, (System.nanoTime() - begin) / 1e9);
    }

    /** Sends through Kurir's API, each until its outcome, dealt to the devices in turn. */
    static Sample send(QueueHouse house, List<String> devices, int inFlight, int count) throws Exception {
        return run(inFlight, count, number -> {
            String device = devices.get(number % devices.size());
            String to = QueueHouse.person(number / devices.size() % PEOPLE).user();
            Api.Answer answer = house.api.post(
                    QueueHouse.DEVICES + "/" + device + "/send-message",
                    new JsonObject().put("to", to).put("message", QueueHouse.TEXT + " " + number));
            if (answer.status() != 200) {
                throw new IllegalStateException("send: " + answer.status() + " " + answer.body());
            }
        });
    }
}
