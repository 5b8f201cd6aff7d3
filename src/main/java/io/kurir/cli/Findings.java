package io.kurir.cli;

import io.kurir.Misconfigured;
import java.io.PrintStream;
import java.util.Locale;

/** What a doctor says: one line each, and for what is not well a second one with what to do. */
final class Findings {
    private final PrintStream out;
    private boolean failed;

    Findings(PrintStream out) {
        this.out = out;
    }

    void ok(String what, String found) {
        line("ok", what, found);
    }

    void warn(String what, String found, String advice) {
        line("warn", what, found);
        advise(advice);
    }

    void fail(String what, String found, String advice) {
        failed = true;
        line("fail", what, found);
        advise(advice);
    }

    /** Its sentence says both. */
    void fail(String what, Misconfigured wrong) {
        failed = true;
        line("fail", what, String.valueOf(wrong.getMessage()));
    }

    boolean failed() {
        return failed;
    }

    private void line(String level, String what, String found) {
        out.printf(Locale.ROOT, "%-5s %-9s %s%n", level, what, found);
    }

    private void advise(String advice) {
        out.printf(Locale.ROOT, "%-15s → %s%n", "", advice);
    }
}
