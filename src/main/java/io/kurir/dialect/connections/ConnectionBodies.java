package io.kurir.dialect.connections;

import io.kurir.agent.Agents;
import io.kurir.http.Ask;
import io.kurir.http.Problem;
import io.kurir.message.Messages;
import io.kurir.webhook.DeviceWebhook;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What requests of the dialect say, in the features' terms. */
final class ConnectionBodies {
    private ConnectionBodies() {}

    static Messages.NewText text(Ask ask) {
        String to = Stream.of("to", "number", "phone")
                .flatMap(name -> ask.optionalField(name).stream())
                .findFirst()
                .orElseThrow(() -> Problem.invalid("to", "is missing"));
        return new Messages.NewText(to, ask.field("message"), ask.optionalField("quoted_message_id"), List.of(), false);
    }

    static DeviceWebhook.Change webhook(Ask ask) {
        return new DeviceWebhook.Change(
                ask.optionalField("webhook_url").map(String::strip),
                Optional.ofNullable(ask.body().getJsonArray("events"))
                        .map(_ -> ask.fields("events").stream().distinct().toList()),
                Optional.ofNullable(ask.body().getBoolean("enabled")));
    }

    static Agents.Wanted agent(Ask ask) {
        return new Agents.Wanted(
                Optional.empty(),
                given(ask.optionalField("endpoint_url").map(String::strip)),
                given(ask.optionalField("api_key")),
                Optional.ofNullable(ask.body().getBoolean("enabled")),
                Optional.empty(),
                ask.optionalField("prompt"),
                Optional.empty(),
                Optional.empty());
    }

    /** Absent, it stays as it is; this dialect has no word for taking it away. */
    private static <T> Optional<Optional<T>> given(Optional<T> value) {
        return value.isPresent() ? Optional.of(value) : Optional.empty();
    }
}
