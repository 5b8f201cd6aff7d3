package io.kurir.cli.demo;

import java.net.URI;

/** What the demo tells at its end. Every command is one line and works when it is pasted. */
public record Guide(URI kurir, URI simulator, String email, String password, String apiKey) {
    /** A number that nobody holds in a browser: the simulated phone behind it reads what it gets. */
    private static final String CUSTOMER = "6281234567890";

    /** The whole text. */
    public String text() {
        var device = kurir.resolve("/api/whatsapp-multi-device/devices/demo-1");
        var key = "-H " + quoted("x-api-key: " + apiKey);
        return """

                Kurir is running, with a simulated WhatsApp. Ctrl-C stops everything.

                  Dashboard    %s   (open it, and log in)
                  API          %s
                  Its docs     %s
                  The phones   %s   (simulated: read, write, scan)
                  Login        %s  %s
                  API key      %s

                Send a text from demo-1 and keep its id:

                  ID=$(curl -s -X POST %s/send-message %s -H 'content-type: application/json' -d '{"to":"%s","message":"Hello from Kurir"}' | tee /dev/stderr | sed -n 's/.*"messageId" *: *"\\([^"]*\\)".*/\\1/p')

                Watch it until it was read:

                  until curl -s %s/messages/$ID %s | tee /dev/stderr | grep -q '"status" *: *"read"'; do sleep 1; done

                A simulated AI answers for demo-1: write to it from one of the phones ("!status 500" makes the AI fail).

                Follow everything that happens:

                  curl -sN %s %s
                """.formatted(
                        kurir.resolve("/dashboard/"),
                        kurir,
                        kurir.resolve("/docs"),
                        simulator.resolve("/phones/"),
                        email,
                        password,
                        apiKey,
                        device,
                        key,
                        CUSTOMER,
                        device,
                        key,
                        kurir.resolve("/api/events"),
                        key);
    }

    /** For a POSIX shell. */
    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
