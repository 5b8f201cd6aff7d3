package io.kurir.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;

/**
 * Ctrl-C and SIGTERM: the first interrupts the thread that works or waits, so that it unwinds and closes in order; the second
 * ends the process at once. A shutdown hook could do neither: the exit code would be 143, and libraries' hooks would race.
 */
final class Stop {
    private static final int KILLED = 130;

    private final Thread worker;
    /** Guarded by this, together with the worker's interrupt flag. */
    private int signals;

    private Stop(Thread worker) {
        this.worker = worker;
    }

    /** From now on signals go to the calling thread. */
    static Stop here() {
        var stop = new Stop(Thread.currentThread());
        for (var signal : new String[] {"INT", "TERM", "HUP"}) {
            handle(signal, stop::signalled);
        }
        return stop;
    }

    /** Waits for a signal; afterwards the thread is not interrupted, so that it can close what it opened. */
    void await() {
        while (!asked()) {
            try {
                Thread.sleep(Duration.ofHours(1));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized boolean asked() {
        return Thread.interrupted() || signals > 0;
    }

    private synchronized void signalled() {
        signals++;
        if (signals > 1) {
            Runtime.getRuntime().halt(KILLED);
        }
        worker.interrupt();
    }

    /** By reflection: javac warns about any mention of {@code sun.misc.Signal}, and there is no other way to keep a signal. */
    private static void handle(String name, Runnable action) {
        try {
            var signal = Class.forName("sun.misc.Signal");
            var handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler call = (proxy, method, arguments) -> {
                if (method.getName().equals("handle")) {
                    action.run();
                }
                return null;
            };
            var proxy = Proxy.newProxyInstance(Stop.class.getClassLoader(), new Class<?>[] {handler}, call);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("This JVM cannot handle SIG" + name, e);
        }
    }
}
