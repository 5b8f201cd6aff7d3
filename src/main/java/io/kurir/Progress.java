package io.kurir;

import java.util.concurrent.Callable;

/** Tells a person what is being done while it takes its time. */
public interface Progress {
    Progress SILENT = new Progress() {
        @Override
        public <T> T step(String what, Callable<T> work) throws Exception {
            return work.call();
        }
    };

    /** Does {@code work}; {@code what} says in the present what it is: "starting PostgreSQL". */
    <T> T step(String what, Callable<T> work) throws Exception;
}
