package io.kurir.whatsapp.browser;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kurir.whatsapp.Command;
import io.kurir.whatsapp.PageEvent;
import io.kurir.whatsapp.PageException;
import io.kurir.whatsapp.PageException.Kind;
import io.kurir.whatsapp.WhatsApp;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One device's page, by its DevTools session. May be called from any thread; its state belongs to the browser's context, where futures
 * complete and events come.
 *
 * <pre>
 *   OPENING ──the bridge answers──► OPEN ──deadline passed──► FENCED
 *      └───────────────┴──────────────┴──closed, crashed, browser gone──► GONE
 * </pre>
 */
final class ChromiumPage implements WhatsApp.Page {
    private static final Logger LOG = LoggerFactory.getLogger(ChromiumPage.class);
    private static final String BINDING = "__kurirEmit";
    private static final Duration PROTOCOL = Duration.ofSeconds(10);
    /** How long the page may take to write what it holds, when it is closed. */
    private static final Duration FLUSH = Duration.ofSeconds(3);

    private enum State {
        OPENING,
        OPEN,
        FENCED,
        GONE
    }

    private final Context context;
    private final Cdp cdp;
    private final String session;
    private final Target target;
    private final long epoch;
    private final Consumer<PageEvent> events;
    private final Supplier<Future<Void>> released;
    private final Promise<Void> up = Promise.promise();
    private final Promise<Void> gone = Promise.promise();
    private final PageFiles files;
    private State state = State.OPENING;
    private boolean fenced;
    private String base = "about:blank";

    /** What DevTools calls the page, and the profile that it belongs to. */
    record Target(String id, String profile) {}

    /** @param released completes when the browser has let the page's profile go */
    ChromiumPage(
            Context context,
            Cdp cdp,
            String session,
            Target target,
            long epoch,
            Consumer<PageEvent> events,
            Supplier<Future<Void>> released) {
        this.context = context;
        this.cdp = cdp;
        this.session = session;
        this.target = target;
        this.epoch = epoch;
        this.events = events;
        this.released = released;
        this.files = new PageFiles(context.owner(), this::call);
        cdp.listen(session, this::heard);
    }

    /** Injects the bridge and goes to WhatsApp Web; completes when wa-js has found the page's modules. */
    Future<ChromiumPage> open(URI base, Supplier<Duration> remaining) {
        this.base = base.toString();
        long until = System.currentTimeMillis() + remaining.get().toMillis();
        ObjectNode script = Cdp.parameters().put("source", Injection.script(base, epoch, until));
        ObjectNode durable = Cdp.parameters().put("origin", Injection.origin(base));
        durable.put("browserContextId", target.profile())
                .putArray("permissions")
                .add("durableStorage");
        return Future.join(
                        call("Inspector.enable", Cdp.parameters()),
                        call("Page.enable", Cdp.parameters()),
                        call("Runtime.enable", Cdp.parameters()), // without it a binding is not made in later documents
                        call("Runtime.addBinding", Cdp.parameters().put("name", BINDING)),
                        call("Page.addScriptToEvaluateOnNewDocument", script),
                        cdp.call(Cdp.BROWSER, "Browser.grantPermissions", durable, PROTOCOL))
                .compose(ready -> call("Page.navigate", Cdp.parameters().put("url", base.toString())))
                .compose(this::arrived)
                .map(this);
    }

    private Future<Void> arrived(JsonNode navigation) {
        String fault = navigation.path("errorText").asText();
        return fault.isEmpty()
                ? up.future()
                : Future.failedFuture(new PageException(Kind.FAILED, "WhatsApp Web did not load: " + fault));
    }

    @Override
    public <R> Future<R> execute(Command<R> command, Duration timeout) {
        return execute(command, epoch, timeout);
    }

    /** As a caller that believes in another epoch; the page refuses it. */
    <R> Future<R> execute(Command<R> command, long asEpoch, Duration timeout) {
        long notAfter = System.currentTimeMillis() + timeout.toMillis();
        String expression = "globalThis.__kurir?.run(%d,%d,\"%s\",%s)"
                .formatted(asEpoch, notAfter, Wire.verb(command), Wire.arguments(command));
        long end = System.nanoTime() + timeout.toNanos();
        return here(() -> attach(command)
                .compose(attached -> evaluate(expression, timeout))
                .map(answer -> Answers.accepted(answer, state == State.FENCED))
                .compose(answer -> fetch(command, answer, end))
                .map(answer -> Wire.answer(command, answer)));
    }

    private Future<Void> attach(Command<?> command) {
        boolean lost = state == State.FENCED || state == State.GONE;
        return !lost && command instanceof Command.Send send ? files.attach(send) : Future.succeededFuture();
    }

    private Future<JsonNode> fetch(Command<?> command, JsonNode answer, long end) {
        return command instanceof Command.Download download
                ? files.save(answer, download.into(), end)
                : Future.succeededFuture(answer);
    }

    @Override
    public Future<Void> extend(Supplier<Duration> remaining) {
        // The wall clock is the page's too; what the way there takes is not granted twice. It is read first: were the
        // process to stand still after
        // it had asked for what remains, that time would be granted anew.
        long now = System.currentTimeMillis();
        Duration left = remaining.get();
        String expression = "globalThis.__kurir?.extend(%d,%d,%d)".formatted(epoch, left.toMillis(), now);
        return here(() -> evaluate(expression, left).map(extended -> {
            if (!extended.asBoolean()) {
                throw new PageException(Kind.FENCED, "the page's deadline has passed");
            }
            return null;
        }));
    }

    @Override
    public Future<Void> reload() {
        return here(
                () -> call("Page.navigate", Cdp.parameters().put("url", base)).mapEmpty());
    }

    @Override
    public Future<Void> close() {
        return here(() -> {
            if (state == State.GONE) {
                return released.get();
            }
            return evaluate("globalThis.__kurir?.close()", FLUSH)
                    .otherwise(fault -> {
                        LOG.debug("closing a page that does not answer", fault);
                        return Cdp.parameters();
                    })
                    .compose(flushed -> closeTarget())
                    .compose(closed -> released.get());
        });
    }

    /** Told by the browser, on the context. */
    void goneBecause(String reason) {
        if (state == State.GONE) {
            return;
        }
        state = State.GONE;
        cdp.forget(session);
        up.tryFail(new PageException(Kind.GONE, reason));
        gone.complete();
        events.accept(new PageEvent.Gone(reason));
    }

    /** Completes when the browser has closed the page; fails for one that it does not close, which is given up. */
    private Future<Void> closeTarget() {
        cdp.call(Cdp.BROWSER, "Target.closeTarget", Cdp.parameters().put("targetId", target.id()), PROTOCOL)
                .onFailure(fault -> LOG.warn("the browser does not close a page", fault));
        return gone.future().timeout(PROTOCOL.toSeconds(), TimeUnit.SECONDS).recover(late -> {
            goneBecause("the browser did not close it");
            return Future.failedFuture(new PageException(Kind.TIMEOUT, "the browser did not close the page"));
        });
    }

    private void heard(String method, JsonNode parameters) {
        if (method.equals("Runtime.bindingCalled")
                && parameters.path("name").asText().equals(BINDING)) {
            batch(parameters.path("payload").asText());
        } else if (method.equals("Fetch.requestPaused")) {
            String request = parameters.path("requestId").asText();
            call("Fetch.failRequest", Cdp.parameters().put("requestId", request).put("errorReason", "BlockedByClient"));
        } else if (method.equals("Inspector.targetCrashed")) {
            goneBecause("the page crashed");
            closeTarget();
        } else if (method.equals("Page.navigatedWithinDocument")) {
            letItCloseItself();
        }
    }

    /** A script may close a window only while its history has no other entry: what the page does when it is fenced, and nobody is there to help. */
    private void letItCloseItself() {
        call("Page.resetNavigationHistory", Cdp.parameters())
                .onFailure(fault -> LOG.debug("the page's history stays", fault));
    }

    private void batch(String payload) {
        try {
            for (JsonNode event : Cdp.JSON.readTree(payload)) {
                if (event.path("type").asText().equals("up")) {
                    arrivedAtBridge();
                }
                Wire.event(event).ifPresent(this::tell);
            }
        } catch (JsonProcessingException | RuntimeException malformed) {
            LOG.error("the page told what nobody understands: {}", payload, malformed);
        }
    }

    private void arrivedAtBridge() {
        if (state == State.OPENING) {
            state = State.OPEN;
        }
        letItCloseItself();
        up.tryComplete();
    }

    private void tell(PageEvent event) {
        if (event instanceof PageEvent.Fenced) {
            state = State.FENCED;
            fenced = true;
            up.tryFail(new PageException(Kind.FENCED, "the deadline passed before the page had loaded"));
        }
        events.accept(event);
    }

    private Future<JsonNode> call(String method, ObjectNode parameters) {
        return cdp.call(session, method, parameters, PROTOCOL);
    }

    private Future<JsonNode> evaluate(String expression, Duration timeout) {
        if (state == State.FENCED || state == State.GONE) {
            Kind kind = fenced ? Kind.FENCED : Kind.GONE; // a fenced page closes its window by itself
            return Future.failedFuture(
                    new PageException(kind, "the page is " + kind.name().toLowerCase(Locale.ROOT)));
        }
        ObjectNode parameters = Cdp.parameters().put("expression", expression);
        parameters.put("awaitPromise", true).put("returnByValue", true);
        return cdp.call(session, "Runtime.evaluate", parameters, timeout)
                .recover(fault -> Future.failedFuture(Answers.explained(fault)))
                .map(Answers::value);
    }

    /** For tests: runs a script in the page. */
    Future<JsonNode> evaluate(String script) {
        return here(() -> evaluate(script, PROTOCOL));
    }

    /** For tests: which of wa-js' parts that the bridge uses this page does not have. */
    Future<List<String>> unresolved() {
        return evaluate("__kurir.bindings()").map(names -> Cdp.JSON.convertValue(names, new TypeReference<>() {}));
    }

    /** Requests of these kinds fail from now on. */
    Future<?> block(List<Blocked> rules) {
        ObjectNode parameters = Cdp.parameters();
        rules.forEach(rule -> rule.write(parameters.withArray("patterns").addObject()));
        return rules.isEmpty() ? Future.succeededFuture() : call("Fetch.enable", parameters);
    }

    /** For tests: ends the page's process as a fault would. */
    void crash() {
        here(() -> call("Page.crash", Cdp.parameters()));
    }

    private <T> Future<T> here(Supplier<Future<T>> work) {
        return OnContext.run(context, work);
    }
}
