package io.kurir.access;

import io.vertx.sqlclient.Pool;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** What somebody who has shown nothing acts as where the settings let strangers in: a user, and what it makes is the first admin's. On a virtual thread. */
public final class Strangers {
    private final UserStore users;
    private final BooleanSupplier allowed;

    public Strangers(Pool pool, BooleanSupplier allowed) {
        this.users = new UserStore(pool);
        this.allowed = allowed;
    }

    /** Empty where they are not let in. */
    public Optional<Caller> caller() {
        return allowed.getAsBoolean()
                ? users.firstAdmin()
                        .map(id -> new Caller(
                                id,
                                Caller.Role.USER,
                                "anonymous",
                                Set.of(Caller.Scope.READ, Caller.Scope.MANAGE),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()))
                : Optional.empty();
    }
}
