package io.kurir.http;

import io.kurir.Names;
import io.kurir.access.Authenticator;
import io.kurir.access.Caller;
import io.kurir.access.Credentials;
import io.kurir.audit.Audit;
import io.kurir.http.Problem.Detail;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The operations of the contract for requests that do not come by HTTP: the same authentication, permission, validation, idempotency, audit and answer.
 * On virtual threads.
 */
public final class Calls {
    private final Contract contract;
    private final Authenticator authenticator;
    private final Idempotency idempotency;
    private final Audit audit;
    private final Map<String, Operation> operations;

    /**
     * A request.
     *
     * @param door where it came in, for the audit and the scope of its key
     * @param parameters of path and query, with the types of the contract
     * @param key by which a repeat is known
     */
    public record Call(
            String operationId,
            String door,
            Credentials credentials,
            JsonObject parameters,
            JsonObject body,
            Optional<String> key) {}

    public Calls(Vertx vertx, HttpServices services) {
        this.contract = services.contract();
        this.authenticator = services.authenticator();
        this.idempotency = services.idempotency();
        this.audit = services.audit();
        this.operations = HttpVerticle.operations(vertx, services);
    }

    /** Throws {@code UNAUTHORIZED}. */
    public Caller authenticate(Credentials credentials) {
        return authenticator.authenticate(credentials);
    }

    /** What the operation would hear. Throws {@code UNAUTHORIZED}, {@code FORBIDDEN}, {@code INVALID_PAYLOAD}. */
    public Ask ask(Call call) {
        Contract.Entry entry = entry(call);
        Supplier<Caller> proof = () -> authenticate(call.credentials());
        Caller caller = proof.get();
        entry.permission().check(caller);
        List<Detail> wrong = new ArrayList<>();
        JsonObject parameters = parameters(entry, call, wrong);
        entry.body().ifPresent(taken -> wrong.addAll(taken.schema().check(Schema.BODY, call.body())));
        if (!wrong.isEmpty()) {
            throw Problem.invalid(wrong);
        }
        return new Ask(
                parameters,
                call.body(),
                Optional.of(caller),
                proof,
                UUID.randomUUID().toString(),
                call.door(),
                Map.of(),
                Map.of(),
                entry.dialects().getFirst(),
                Names.random());
    }

    private static JsonObject parameters(Contract.Entry entry, Call call, List<Detail> wrong) {
        JsonObject given = call.parameters().copy();
        call.key().ifPresent(key -> given.put(Repeat.HEADER, key));
        JsonObject parameters = new JsonObject();
        for (Contract.Parameter parameter : entry.parameters()) {
            Object value = given.getValue(parameter.name());
            if (value == null) {
                parameter.initial().ifPresent(initial -> parameters.put(parameter.name(), initial));
                if (parameter.required()) {
                    wrong.add(new Detail(parameter.name(), "is missing"));
                }
                continue;
            }
            wrong.addAll(parameter.schema().check(parameter.name(), value));
            parameters.put(parameter.name(), value);
        }
        return parameters;
    }

    /** The answer's data. Throws what {@link #ask} and the operation throw. */
    public JsonObject data(Call call) {
        Ask ask = ask(call);
        Contract.Entry entry = entry(call);
        Operation operation = java.util.Objects.requireNonNull(operations.get(call.operationId()), call.operationId());
        Operation told = entry.audited()
                .<Operation>map(audited -> asked -> audited.handle(audit, asked, operation))
                .orElse(operation);
        Answer answer = entry.repeat().isPresent() && call.key().isPresent()
                ? idempotency.answer(request(call, ask), entry.repeat().get(), ask, told, () -> {})
                : told.handle(ask);
        return switch (answer) {
            case Answer.Enveloped enveloped when enveloped.data() instanceof JsonObject data -> data;
            case Answer.Enveloped _, Answer.Raw _, Answer.Local _, Answer.Stream _ ->
                throw new IllegalStateException(call.operationId() + " does not answer with an object");
        };
    }

    private static IdempotencyStore.Request request(Call call, Ask ask) {
        Caller caller = ask.caller();
        String scope = caller.account() + " " + call.door() + " " + call.operationId() + " "
                + call.parameters().encode();
        return new IdempotencyStore.Request(
                scope, call.key().orElseThrow(), BodyHash.of(call.body().toBuffer()));
    }

    private Contract.Entry entry(Call call) {
        return java.util.Objects.requireNonNull(contract.entries().get(call.operationId()), call.operationId());
    }
}
