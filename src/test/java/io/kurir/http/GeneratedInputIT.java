package io.kurir.http;

import static io.kurir.http.Attempts.oneOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kurir.http.ContractClient.Reply;
import io.kurir.http.GeneratedRequests.Trial;
import io.kurir.message.FakeSession;
import io.kurir.whatsapp.Request;
import io.vertx.core.Future;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * What bad input gets from every operation of the contract, generated from its schemas: the documented 4xx, never a 5xx, and nothing has changed.
 * What has effects comes last. Operations are named here only where something must, or must not, be there before.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class GeneratedInputIT {
    private static final List<String> SCOPES = List.of("read", "send", "manage", "admin");

    private static final Map<String, Object> FIELDS = Map.of(
            "scheduleTime",
            AdminsThings.LATER,
            "expiresAt",
            "2037-01-01T00:00:00Z",
            "userId",
            1,
            "endpoint_url", // of a chatbot, whose address is looked at before its owner
            "http://127.0.0.1:1/refused");

    private static final Map<String, List<String>> FRESH = Map.of(
            "createDevice", List.of("deviceId"),
            "register", List.of("email", "username"),
            "createUser", List.of("email", "username"));

    private static HttpFixture fixture;
    private static ContractClient admin;
    private static ContractClient bob;
    private static Contract contract;
    private static Known known;
    private static GeneratedRequests requests;

    @BeforeAll
    static void open() throws Exception {
        fixture = new HttpFixture();
        FakeSession session = new FakeSession(fixture.vertx, fixture.pool, fixture.bus, fixture.media, "main", 1);
        session.page.onRequest = request -> request.answer() == Request.Done.class
                ? Future.succeededFuture(new Request.Done())
                : Future.failedFuture(Problem.of(Problem.Code.WHATSAPP_REFUSED, "not by this page"));
        admin = fixture.stranger.withKey(HttpFixture.KEY);
        bob = fixture.user("bob");
        contract = Contract.load(fixture.base);
        AdminsThings things = new AdminsThings(fixture.pool, admin);
        known = new Known(things.made(bob), AdminsThings.NUMBERS, FIELDS, FRESH);
        requests = new GeneratedRequests(contract, known);
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    private static ContractClient key(ContractClient owner, List<String> scopes, Optional<String> device) {
        JsonObject wanted = new JsonObject().put("name", "a key").put("scopes", new JsonArray(scopes));
        device.ifPresent(only -> wanted.put("deviceIds", new JsonArray().add(only)));
        return fixture.stranger.withKey(
                owner.post("/api/auth/api-keys", wanted).data().getString("key"));
    }

    private static Stream<Contract.Entry> operations() {
        return contract.entries().values().stream();
    }

    /** None of them may change anything. */
    private static void refused(Attempts attempts) {
        Map<String, List<String>> before = settled();
        assertThat(attempts.faults()).as("of " + attempts.size() + " requests").isEmpty();
        assertThat(attempts.size()).isPositive();
        assertThat(settled()).as("after " + attempts.size() + " refusals").isEqualTo(before);
    }

    /** What is there when nothing is on its way any more. */
    private static Map<String, List<String>> settled() {
        List<Map<String, List<String>>> seen = new ArrayList<>(List.of(Map.of()));
        return await().pollInterval(Duration.ofMillis(150))
                .atMost(Duration.ofSeconds(20))
                .until(
                        () -> {
                            seen.add(Tables.read(fixture.pool));
                            return seen.getLast();
                        },
                        now -> now.equals(seen.get(seen.size() - 2)));
    }

    @Test
    @Order(1)
    void whatDoesNotFitIsRefused() {
        Attempts attempts = new Attempts(requests);
        operations()
                .flatMap(entry -> Stream.of(
                                requests.badBodies(entry), requests.unasked(entry), requests.badParameters(entry))
                        .flatMap(List::stream))
                .forEach(trial -> attempts.add(trial, admin, oneOf(400, 404, 413, 415, 422)));
        refused(attempts);
    }

    @Test
    @Order(2)
    void whatIsNobodysIsNotThere() {
        Attempts attempts = new Attempts(requests);
        operations()
                .filter(entry -> !entry.method().name().equals("POST"))
                .forEach(entry -> requests.unknownIds(entry)
                        .forEach(trial -> attempts.add(trial, admin, GeneratedInputIT::ourFault)));
        refused(attempts);
    }

    /** That no worker runs here, and so no page can be opened, is the one fault that is injected. */
    private static Optional<String> ourFault(Reply reply) {
        boolean noWorker = reply.status() == 503 && reply.text().contains("no worker is running in this cluster");
        return reply.status() >= 500 && !noWorker ? Optional.of("is our fault") : Optional.empty();
    }

    @Test
    @Order(3)
    void whoIsNotKnownOrMayNotIsRefused() {
        Map<String, ContractClient> lacking = new HashMap<>();
        SCOPES.forEach(scope -> lacking.put(
                scope,
                key(admin, SCOPES.stream().filter(other -> !other.equals(scope)).toList(), Optional.empty())));
        ContractClient bound = key(admin, List.of("read", "send", "manage"), Optional.of("main"));
        Attempts attempts = new Attempts(requests);
        operations().filter(entry -> !entry.permission().open()).forEach(entry -> {
            Trial good = requests.good(entry);
            Set<Permission.Who> who = entry.permission().who();
            attempts.add(good, fixture.stranger, oneOf(401));
            if (!who.contains(Permission.Who.USER)) {
                attempts.add(good, bob, oneOf(403));
            }
            if (!forKeys(entry)) {
                attempts.add(good, bound, oneOf(403));
            }
            if (who.contains(Permission.Who.ADMIN)) {
                entry.permission()
                        .scope()
                        .map(scope -> lacking.get(scope.name().toLowerCase(Locale.ROOT)))
                        .ifPresent(client -> attempts.add(good, client, oneOf(403)));
            }
        });
        refused(attempts);
    }

    @Test
    @Order(4)
    void somebodyElsesCannotBeReached() {
        ContractClient bobsPhone = key(bob, List.of("read", "send", "manage"), Optional.of(AdminsThings.BOBS));
        Attempts attempts = new Attempts(requests);
        operations().forEach(entry -> {
            if (entry.permission().who().contains(Permission.Who.USER)) {
                reach(entry, bob, attempts);
            }
            if (forKeys(entry)) {
                reach(entry, bobsPhone, attempts);
            }
        });
        refused(attempts);
    }

    private static boolean forKeys(Contract.Entry entry) {
        Set<Permission.Who> who = entry.permission().who();
        return who.contains(Permission.Who.DEVICE) || who.contains(Permission.Who.KEY);
    }

    /** By path nothing of it; by any filter at most an empty list. */
    private static void reach(Contract.Entry entry, ContractClient caller, Attempts attempts) {
        boolean reads = entry.method().name().equals("GET");
        Trial good = requests.good(entry);
        Optional<Reply> admins = reads && !requests.streams(entry) ? Optional.of(good.by(admin)) : Optional.empty();
        // in a dialect the key of a device may be the only one that is known at all, and two names for a device exclude
        // each other
        boolean translated = !entry.dialects().equals(List.of(Dialect.NATIVE));
        if (known.ownedByPath(entry)) {
            boolean there = admins.stream().noneMatch(reply -> reply.status() == 404);
            Attempts.Judge judge = translated ? oneOf(401, 403, 404) : oneOf(403, 404);
            attempts.add(good, caller, noting(entry, judge, there ? List.of(403, 404) : List.of(403)));
        } else if (reads) {
            boolean shown = admins.stream().anyMatch(AdminsThings::in);
            attempts.add(good, caller, noting(entry, GeneratedInputIT::leak, shown ? List.of(200) : List.of()));
        }
        Attempts.Judge refused = translated ? oneOf(400, 401, 403, 404, 409) : oneOf(403, 404, 409);
        Attempts.Judge judge = noting(entry, reads ? GeneratedInputIT::leak : refused, List.of(403));
        requests.naming(entry, "main").forEach(trial -> attempts.add(trial, caller, judge));
    }

    /** {@code kept}: the statuses that show that others do not get it. */
    private static Attempts.Judge noting(Contract.Entry entry, Attempts.Judge judge, List<Integer> kept) {
        return reply -> {
            Optional<String> fault = judge.fault(reply);
            if (fault.isEmpty() && kept.contains(reply.status())) {
                ContractCoverage.keptFromOthers(entry.operationId());
            }
            return fault;
        };
    }

    private static Optional<String> leak(Reply reply) {
        return AdminsThings.in(reply) ? Optional.of("tells what is somebody else's") : ourFault(reply);
    }

    /** What was taken must be there as it came, wherever it is kept, and in what comes back. */
    @Test
    @Order(5)
    void sqlAndHtmlAreTextLikeAnyOther() {
        Set<Integer> answered = new ConcurrentSkipListSet<>();
        AtomicInteger number = new AtomicInteger();
        Attempts attempts = new Attempts(requests);
        operations()
                .filter(entry -> !entry.method().name().equals("DELETE"))
                .forEach(entry -> requests.texts(entry, () -> HostileText.of(number.incrementAndGet()))
                        .forEach(trial -> attempts.add(trial, admin, reply -> taken(reply, answered))));
        Set<String> tables = settled().keySet();
        assertThat(attempts.faults()).as("of " + attempts.size() + " requests").isEmpty();
        assertThat(answered).as("texts that came back").hasSizeGreaterThan(5);
        Map<String, List<String>> after = settled();
        assertThat(after.keySet()).isEqualTo(tables);
        Set<Integer> kept = new TreeSet<>();
        after.forEach((table, rows) -> rows.forEach(row -> assertThat(HostileText.mangled(Json.decodeValue(row), kept))
                .as(table)
                .isEmpty()));
        assertThat(kept).as("texts that are kept").hasSizeGreaterThan(10);
    }

    private static Optional<String> taken(Reply reply, Set<Integer> answered) {
        String type = reply.header("Content-Type").orElse("");
        if (reply.status() >= 300 || !type.startsWith("application/json")) {
            return ourFault(reply);
        }
        List<String> mangled = HostileText.mangled(reply.json(), answered);
        return mangled.isEmpty() ? Optional.empty() : Optional.of("has mangled " + mangled);
    }
}
