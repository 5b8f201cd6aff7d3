package io.kurir.http;

import io.kurir.http.ContractClient.Reply;
import io.kurir.http.GeneratedRequests.Trial;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/** Requests with what is to come of each, made side by side: some thousands in seconds. */
final class Attempts {
    private static final int AT_ONCE = 16;

    private final GeneratedRequests requests;
    private final List<Attempt> attempts = new ArrayList<>();

    Attempts(GeneratedRequests requests) {
        this.requests = requests;
    }

    interface Judge {
        /** What is wrong with an answer; empty where nothing is. */
        Optional<String> fault(Reply reply);
    }

    private record Attempt(Trial trial, ContractClient caller, Judge judge) {}

    static Judge oneOf(Integer... statuses) {
        return reply -> List.of(statuses).contains(reply.status())
                ? Optional.empty()
                : Optional.of("not one of " + List.of(statuses));
    }

    void add(Trial trial, ContractClient caller, Judge judge) {
        attempts.add(new Attempt(trial, caller, judge));
    }

    int size() {
        return attempts.size();
    }

    /** Makes them; the contract itself judges each, too. */
    Collection<String> faults() {
        Collection<String> faults = new ConcurrentLinkedQueue<>();
        Semaphore room = new Semaphore(AT_ONCE);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            attempts.forEach(attempt -> executor.execute(() -> {
                room.acquireUninterruptibly();
                try {
                    Reply first = reply(attempt);
                    // nobody has injected a fault, but this machine may do other work: what asks to come again may do
                    // so once
                    Reply reply = first.status() == 503 ? reply(attempt) : first;
                    attempt.judge()
                            .fault(reply)
                            .ifPresent(fault -> faults.add(
                                    attempt.trial() + " → " + reply.status() + ", " + fault + ": " + reply.text()));
                } catch (AssertionError | RuntimeException broken) {
                    faults.add(attempt.trial() + " → " + broken);
                } finally {
                    room.release();
                }
            }));
        }
        return faults;
    }

    private Reply reply(Attempt attempt) {
        Trial trial = attempt.trial();
        return requests.streams(trial.entry()) ? trial.beginningBy(attempt.caller()) : trial.by(attempt.caller());
    }
}
