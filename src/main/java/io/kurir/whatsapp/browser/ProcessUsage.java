package io.kurir.whatsapp.browser;

import com.fasterxml.jackson.databind.JsonNode;
import io.kurir.whatsapp.WhatsApp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the processes of one browser use. DevTools does not tell which renderer is whose page, so there is no figure for a page. */
final class ProcessUsage {
    private ProcessUsage() {}

    /** Of DevTools' {@code SystemInfo.getProcessInfo}; blocks. */
    static WhatsApp.Usage of(JsonNode info) {
        long bytes = 0;
        double seconds = 0;
        for (JsonNode process : info.path("processInfo")) {
            bytes += memory(process.path("id").asLong());
            seconds += process.path("cpuTime").asDouble();
        }
        return new WhatsApp.Usage(bytes, seconds);
    }

    /** The proportional set size, where the system tells it; 0 for a process that has ended meanwhile. */
    private static long memory(long pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "smaps_rollup"))) {
                if (line.startsWith("Pss:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
        } catch (IOException endedOrNotOurs) {
            return 0;
        }
        return 0;
    }
}
