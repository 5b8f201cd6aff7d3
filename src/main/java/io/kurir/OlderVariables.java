package io.kurir;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Variables of the services that Kurir replaces which mean nothing to it: better told than silently without effect. */
final class OlderVariables {
    private static final String ELSEWHERE = "has no effect in Kurir";

    /** In the order in which they are asked; the first that matches a name says what to do about it. */
    private static final List<Hint> HINTS = List.of(
            hint(
                    "DB_(HOST|PORT|USER|PASSWORD|NAME)|SQLITE_PATH|SUPABASE_(URL|ANON_KEY)",
                    "Kurir keeps everything in PostgreSQL: use DATABASE_URL"),
            hint(
                    "WA_DATA_PATH|WWEBJS_DATA_PATH|WWEBJS_AUTH_DIR|SESSIONS_DIR|TEMP_DIR",
                    "everything lies in the data folder: use --data or KURIR_DATA"),
            hint("BASE_URL", "use KURIR_HTTP_PUBLIC_URL"),
            hint("PUPPETEER_LAUNCH_TIMEOUT_MS|WA_CONNECT_TIMEOUT_MS", "use KURIR_WHATSAPP_BROWSER_OPEN_TIMEOUT"),
            hint(
                    "JWT_REFRESH_SECRET|SESSION_SECRET",
                    "refresh tokens are random and kept as hashes, they need no secret"),
            hint("DASHBOARD_PORT", "the dashboard is served beside the API: use PORT"),
            hint("WEBSOCKET_URL|WS_URL", "events are followed at /api/events"),
            hint(
                    "WA_PRINT_QR_TERMINAL|WA_INITIAL_SYNC_WAIT_MS|WA_QUERY_TIMEOUT_MS|WA_KEEPALIVE_INTERVAL_MS",
                    ELSEWHERE),
            hint("API_AIRABOT", ELSEWHERE),
            // Puppeteer's path of a browser is honoured as whatsapp.browser.executable
            hint("PUPPETEER_(?!EXECUTABLE_PATH$)\\w+", ELSEWHERE));

    private OlderVariables() {}

    private record Hint(Pattern names, String advice) {}

    private static Hint hint(String names, String advice) {
        return new Hint(Pattern.compile(names), advice);
    }

    /** One sentence per variable that is set and not used, by name. */
    static List<String> warnings(Map<String, String> environment) {
        return new TreeMap<>(environment)
                .keySet().stream()
                        .flatMap(name -> HINTS.stream()
                                .filter(hint -> hint.names().matcher(name).matches())
                                .limit(1)
                                .map(hint ->
                                        "The environment variable " + name + " is ignored: " + hint.advice() + "."))
                        .toList();
    }
}
