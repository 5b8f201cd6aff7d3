package io.kurir.reporting;

import io.kurir.http.Answer;
import io.kurir.http.Ask;
import io.vertx.core.json.JsonObject;

/** The operations on allowed numbers. */
public final class AllowedNumberOperations {
    private final AllowedNumbers numbers;

    public AllowedNumberOperations(AllowedNumbers numbers) {
        this.numbers = numbers;
    }

    public Answer list(Ask ask) {
        AllowedNumbers.Listing found =
                numbers.list(ask.reach(), ask.optionalText("whatsapp_number"), ask.page(), ask.pageSize());
        return Answer.page(
                found.total() + " numbers",
                Answer.array(found.numbers().stream().map(ReportJson::allowed).toList()),
                ask.page(),
                ask.pageSize(),
                found.total());
    }

    public Answer add(Ask ask) {
        AllowedNumber added =
                numbers.add(ask.reach(), ask.field("session_id"), ask.field("whatsapp_number"), status(ask));
        return Answer.created("Number added", ReportJson.allowed(added));
    }

    public Answer change(Ask ask) {
        return Answer.ok(
                "Status changed", ReportJson.allowed(numbers.change(ask.reach(), ask.number("id"), status(ask))));
    }

    private static AllowedNumber.Status status(Ask ask) {
        return AllowedNumber.Status.of(ask.optionalField("status").orElse("aktif"));
    }

    public Answer remove(Ask ask) {
        numbers.remove(ask.reach(), ask.number("id"));
        return Answer.ok("Number removed", new JsonObject().put("id", ask.number("id")));
    }
}
