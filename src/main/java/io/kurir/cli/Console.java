package io.kurir.cli;

import io.kurir.Progress;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;

/** Progress for a person: one line per step with the time it took; on a terminal the line stands there while it works. */
final class Console implements Progress {
    private final PrintStream out;
    private final boolean terminal;

    Console(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    static Console standard() {
        var console = System.console();
        return new Console(System.out, console != null && console.isTerminal());
    }

    @Override
    public <T> T step(String what, Callable<T> work) throws Exception {
        out.print("  " + what + " …" + (terminal ? " " : System.lineSeparator()));
        out.flush();
        var begin = System.nanoTime();
        try {
            var result = work.call();
            out.println((terminal ? "" : "  " + what + ": ") + seconds(System.nanoTime() - begin));
            return result;
        } catch (Exception e) {
            out.println(terminal ? "failed" : "  " + what + ": failed");
            throw e;
        }
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f s", Duration.ofNanos(nanos).toMillis() / 1000.0);
    }
}
