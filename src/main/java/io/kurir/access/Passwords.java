package io.kurir.access;

import com.password4j.Argon2Function;
import com.password4j.Password;
import com.password4j.types.Argon2;
import io.kurir.http.Problem;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;

/**
 * Argon2id with OWASP's parameters (19 MiB, 2 passes): about 50 ms of one core each, so at most two run at once on own threads and
 * at most 64 may wait; more is refused rather than letting logins starve everything else.
 */
public final class Passwords {
    private static final Argon2Function ARGON2 = Argon2Function.getInstance(19_456, 2, 1, 32, Argon2.ID);
    private static final int AT_ONCE = 2;
    private static final int WAITING = 64;

    private final WorkerExecutor threads;
    private final Semaphore places = new Semaphore(AT_ONCE + WAITING);

    public Passwords(Vertx vertx) {
        threads = vertx.createSharedWorkerExecutor("passwords", AT_ONCE);
    }

    String hash(String password) {
        return run(() -> Password.hash(password).addRandomSalt(16).with(ARGON2).getResult());
    }

    boolean matches(String password, String hash) {
        return run(() -> Password.check(password, hash).with(Argon2Function.getInstanceFromHash(hash)));
    }

    private <T> T run(Callable<T> work) {
        if (!places.tryAcquire()) {
            throw Problem.later(Problem.Code.RATE_LIMITED, "Too many logins at once", Duration.ofSeconds(2));
        }
        try {
            return threads.executeBlocking(work, false).await();
        } finally {
            places.release();
        }
    }
}
