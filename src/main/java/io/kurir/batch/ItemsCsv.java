package io.kurir.batch;

import io.kurir.http.Answer;
import io.kurir.http.Timestamps;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The items of a job as a table (RFC 4180), written a thousand at a time as fast as the client reads. */
final class ItemsCsv {
    private static final int AT_ONCE = 1_000;
    private static final String HEAD = "index,to,state,status,id,messageId,attempts,failure,timestamp\r\n";

    private ItemsCsv() {}

    static Answer answer(Batches batches, Batch batch, Optional<String> state) {
        return new Answer.Stream("text/csv; charset=utf-8", (response, _) -> write(response, batches, batch, state));
    }

    private static void write(HttpServerResponse response, Batches batches, Batch batch, Optional<String> state) {
        response.putHeader("Content-Disposition", "attachment; filename=\"" + batch.jobId() + ".csv\"");
        response.write(HEAD).await();
        int last = -1;
        for (List<Batch.Item> items = batches.itemsAfter(batch, state, last, AT_ONCE);
                !items.isEmpty();
                items = batches.itemsAfter(batch, state, last, AT_ONCE)) {
            response.write(items.stream().map(ItemsCsv::line).collect(Collectors.joining()))
                    .await();
            last = items.getLast().index();
        }
        response.end().await();
    }

    static String line(Batch.Item item) {
        return Stream.of(
                                String.valueOf(item.index()),
                                item.chat().toString(),
                                item.state(),
                                item.status(),
                                item.id().map(String::valueOf).orElse(""),
                                item.stanzaId().orElse(""),
                                String.valueOf(item.attempts()),
                                item.failure().orElse(""),
                                Timestamps.write(item.at()))
                        .map(ItemsCsv::cell)
                        .collect(Collectors.joining(","))
                + "\r\n";
    }

    /** What a spreadsheet would take for a formula is made plain text by a quote. */
    private static String cell(String value) {
        String harmless = !value.isEmpty() && "=+-@\t".indexOf(value.charAt(0)) >= 0 ? "'" + value : value;
        return harmless.matches("[^\",\r\n]*") ? harmless : "\"" + harmless.replace("\"", "\"\"") + "\"";
    }
}
