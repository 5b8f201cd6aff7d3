package io.kurir.cli;

import io.kurir.Misconfigured;
import java.io.Console;
import java.util.Optional;

/** Where commands get the passphrase of a file: {@code KURIR_PASSPHRASE}, or the terminal. */
final class Passphrase {
    private static final int SHORTEST = 12;

    private Passphrase() {}

    /** {@code twice} for a new file: a slip of the finger would lock it for ever. */
    static String get(boolean twice) {
        var given = Optional.ofNullable(System.getenv("KURIR_PASSPHRASE"));
        var passphrase = given.orElseGet(() -> ask(twice));
        if (passphrase.length() < SHORTEST) {
            throw new Misconfigured("The passphrase needs at least " + SHORTEST + " characters.");
        }
        return passphrase;
    }

    /** Likewise the password of a proxy: {@code KURIR_PROXY_PASSWORD}, or the terminal; not an argument, which all on the machine could read. */
    static String ofProxy() {
        return Optional.ofNullable(System.getenv("KURIR_PROXY_PASSWORD"))
                .orElseGet(() -> read(console("KURIR_PROXY_PASSWORD"), "Password for the proxy: "));
    }

    private static Console console(String otherwise) {
        return Optional.ofNullable(System.console())
                .orElseThrow(() -> new Misconfigured("No terminal to ask for it: set " + otherwise + "."));
    }

    private static String ask(boolean twice) {
        return ask(console("KURIR_PASSPHRASE"), "Passphrase", twice);
    }

    /** {@code twice}: the second must be the first. */
    static String ask(Console console, String what, boolean twice) {
        var first = read(console, what + ": ");
        if (twice && !first.equals(read(console, "Once more: "))) {
            throw new Misconfigured("The two differ.");
        }
        return first;
    }

    private static String read(Console console, String prompt) {
        return new String(Optional.ofNullable(console.readPassword(prompt)).orElse(new char[0]));
    }
}
