package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kurir.access.Caller;
import io.kurir.access.Users;
import io.kurir.http.ContractClient.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** People's accounts, tokens of devices and tickets, over HTTP. Redis is taken away last. Over 300 lines: one house for all, since it takes longer to start than they do. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AccountsIT {
    private static final Caller MAKER = new Caller(
            1,
            Caller.Role.ADMIN,
            "admin",
            EnumSet.allOf(Caller.Scope.class),
            Optional.empty(),
            Optional.of(1L),
            Optional.empty());

    private static final String DEVICES = "/api/whatsapp-multi-device/devices";
    private static final String USERS = "/api/admin/users";

    private static HttpFixture fixture;
    private static ContractClient stranger;
    private static ContractClient admin;

    @BeforeAll
    static void open() {
        fixture = HttpFixture.withRegistration();
        stranger = fixture.stranger;
        admin = stranger.withKey(HttpFixture.KEY);
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    private static JsonObject person(String name) {
        return new JsonObject()
                .put("username", name)
                .put("email", name + "@example.com")
                .put("password", HttpFixture.PASSWORD);
    }

    private static long made(String name) {
        Reply made = admin.post(USERS, person(name));
        assertThat(made.status()).isEqualTo(201);
        return made.data().getLong("id");
    }

    private static JsonObject login(String name, String password) {
        return stranger.post(
                        "/api/auth/login",
                        new JsonObject().put("username", name).put("password", password))
                .data();
    }

    private static ContractClient key(ContractClient by) {
        return stranger.withKey(by.post(
                        "/api/auth/api-keys",
                        new JsonObject().put("name", "k").put("scopes", new JsonArray().add("read")))
                .data()
                .getString("key"));
    }

    private static Row row(String sql) {
        return fixture.pool.query(sql).execute().await().iterator().next();
    }

    @Test
    @Effect("register")
    void letsAStrangerRegisterAsAUserAndNothingMore() {
        JsonObject wanted = person("johndoe").put("fullName", "John Doe").put("newsletter", true);
        Reply asAdmin = stranger.post("/api/auth/register", wanted.copy().put("role", "admin"));
        assertThat(asAdmin.status()).isEqualTo(400);
        assertThat(asAdmin.fields()).containsExactly("role");
        Reply wrong = stranger.post(
                "/api/auth/register", wanted.copy().put("password", "short").put("username", "a@b"));
        assertThat(wrong.fields()).containsExactlyInAnyOrder("password", "username");

        Reply registered = stranger.post("/api/auth/register", wanted);
        assertThat(registered.status()).isEqualTo(201);
        assertThat(registered.data().getString("role")).isEqualTo("user");
        assertThat(registered.data().getString("fullName")).isEqualTo("John Doe");
        Reply again = stranger.post("/api/auth/register", wanted.copy().put("email", "JOHNDOE@example.com"));
        assertThat(again.code()).isEqualTo("CONFLICT");
        assertThat(login("johndoe", HttpFixture.PASSWORD).getString("token")).isNotEmpty();
        Row noted = row("select user_id, subject, detail::text as detail from audit where action = 'user.register'"
                + " and status = 201");
        assertThat(noted.getString("subject")).isEqualTo("johndoe");
        assertThat(noted.getString("detail")).contains("johndoe@example.com").doesNotContain("password");
    }

    @Test
    @Effect("updateProfile")
    void aNewPasswordNeedsTheOldOneAndEndsAllOtherLogins() {
        made("dewi");
        JsonObject here = login("dewi", HttpFixture.PASSWORD);
        JsonObject elsewhere = login("dewi", HttpFixture.PASSWORD);
        ContractClient dewi = stranger.withToken(here.getString("token"));
        JsonObject change = new JsonObject().put("password", "a wholly new one");
        assertThat(dewi.put("/api/auth/profile", change).fields()).containsExactly("currentPassword");
        assertThat(dewi.put("/api/auth/profile", change.copy().put("currentPassword", "guessed"))
                        .fields())
                .containsExactly("currentPassword");
        assertThat(stranger.withToken(elsewhere.getString("token"))
                        .get("/api/auth/profile")
                        .status())
                .isEqualTo(200);

        Reply changed = dewi.put(
                "/api/auth/profile",
                change.put("currentPassword", HttpFixture.PASSWORD).put("fullName", "Dewi S."));
        assertThat(changed.data().getString("fullName")).isEqualTo("Dewi S.");
        assertThat(dewi.get("/api/auth/profile").status()).isEqualTo(200);
        assertThat(stranger.withToken(elsewhere.getString("token"))
                        .get("/api/auth/profile")
                        .status())
                .isEqualTo(401);
        assertThat(stranger.post(
                                "/api/auth/refresh-token",
                                new JsonObject().put("refreshToken", elsewhere.getString("refreshToken")))
                        .status())
                .isEqualTo(401);
        assertThat(login("dewi", "a wholly new one").getString("token")).isNotEmpty();
        assertThat(dewi.put("/api/auth/profile", new JsonObject().put("email", HttpFixture.EMAIL))
                        .code())
                .isEqualTo("CONFLICT");
        assertThat(dewi.get("/api/auth/profile").data().getString("fullName")).isEqualTo("Dewi S.");
        assertThat(dewi.put("/api/auth/profile", new JsonObject().putNull("fullName"))
                        .data()
                        .getString("fullName"))
                .isNull();
    }

    @Test
    @Effect({"issueDeviceToken", "revokeDeviceToken"})
    void aTokenActsForItsDeviceAlone() {
        admin.post(DEVICES, new JsonObject().put("deviceId", "till-1"));
        admin.post(DEVICES, new JsonObject().put("deviceId", "till-2"));
        Reply issued = admin.post(DEVICES + "/till-1/token");
        assertThat(issued.status()).isEqualTo(201);
        String secret = issued.data().getString("token");
        ContractClient device = stranger.withToken(secret);
        assertThat(device.get(DEVICES + "/till-1/status").status()).isEqualTo(200);
        assertThat(device.get(DEVICES + "/till-2/status").code()).isEqualTo("FORBIDDEN");
        assertThat(device.get("/api/auth/profile").code()).isEqualTo("FORBIDDEN");
        assertThat(device.delete(DEVICES + "/till-1").code()).isEqualTo("FORBIDDEN");
        assertThat(device.post(DEVICES + "/till-1/token").code()).isEqualTo("FORBIDDEN");
        assertThat(row("select encode(hash, 'hex') || prefix as kept from device_token where device_id = 'till-1'")
                        .getString("kept"))
                .doesNotContain(secret);

        String next = admin.post(DEVICES + "/till-1/token").data().getString("token");
        assertThat(device.get(DEVICES + "/till-1/status").status()).isEqualTo(401);
        assertThat(stranger.withToken(next).get(DEVICES + "/till-1/status").status())
                .isEqualTo(200);
        assertThat(admin.delete(DEVICES + "/till-1/token").data().getBoolean("revoked"))
                .isTrue();
        assertThat(stranger.withToken(next).get(DEVICES + "/till-1/status").status())
                .isEqualTo(401);
        assertThat(admin.delete(DEVICES + "/till-1/token").data().getBoolean("revoked"))
                .isFalse();
        assertThat(admin.delete(DEVICES + "/nowhere/token").code()).isEqualTo("SESSION_NOT_FOUND");
        assertThat(admin.post(DEVICES + "/nowhere/token").code()).isEqualTo("SESSION_NOT_FOUND");
    }

    @Test
    void devicesMayShareATokenAndThePathSaysWhichOneActs() throws Exception {
        long owner = made("sari");
        for (String device : List.of("agent-1", "agent-2")) {
            admin.post(DEVICES, new JsonObject().put("deviceId", device).put("userId", owner));
            fixture.deviceTokens.set(MAKER, device, "one key of all agents");
        }
        ContractClient agents = stranger.withToken("one key of all agents");
        for (String device : List.of("agent-1", "agent-2")) {
            assertThat(agents.get(DEVICES + "/" + device + "/status").data().getString("deviceId"))
                    .isEqualTo(device);
        }
        admin.post(DEVICES, new JsonObject().put("deviceId", "agent-3").put("userId", owner));
        assertThat(agents.get(DEVICES + "/agent-3/status").code()).isEqualTo("FORBIDDEN");
        fixture.deviceTokens.set(MAKER, "agent-3", "one key of all agents");
        assertThat(agents.get(DEVICES + "/agent-3/status").status()).isEqualTo(200);
        fixture.deviceTokens.revoke("agent-1");
        assertThat(agents.get(DEVICES + "/agent-1/status").code()).isEqualTo("FORBIDDEN");
        assertThat(opened("token=one%20key%20of%20all%20agents")).isEqualTo(200);

        admin.put(USERS + "/" + owner, new JsonObject().put("active", false));
        assertThat(agents.get(DEVICES + "/agent-2/status").status()).isEqualTo(401);
    }

    /** The status that a follower gets; whom it is 200 for goes away again. */
    private static int opened(String query) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(fixture.base.resolve("/api/events?" + query))
                    .build();
            var response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            response.body().close();
            return response.statusCode();
        }
    }

    @Test
    @Effect("createEventTicket")
    void aTicketOpensOneStreamThatEndsWithTheLogin() throws Exception {
        made("tono");
        ContractClient tono =
                stranger.withToken(login("tono", HttpFixture.PASSWORD).getString("token"));
        Reply asked = tono.post("/api/events/ticket");
        assertThat(asked.status()).isEqualTo(201);
        assertThat(asked.data().getInteger("expiresIn")).isEqualTo(60);
        String ticket = "ticket=" + asked.data().getString("ticket");
        assertThat(opened(ticket)).isEqualTo(200);
        assertThat(opened(ticket)).isEqualTo(401);
        assertThat(stranger.get(DEVICES + "?" + ticket).status()).isEqualTo(401);

        String ofAKey = key(tono).post("/api/events/ticket").data().getString("ticket");
        String unused = tono.post("/api/events/ticket").data().getString("ticket");
        tono.post("/api/auth/logout");
        assertThat(opened("ticket=" + unused)).isEqualTo(401);
        assertThat(opened("ticket=" + ofAKey)).isEqualTo(200);
    }

    @Test
    @Effect({"listUsers", "getUser"})
    void listsUsersByFilterAndOrder() {
        for (String name : List.of("zz-budi", "zz-ani", "zz-citra")) {
            made(name);
        }
        Reply first = admin.get(USERS + "?search=ZZ-&sort=username&order=asc&pageSize=2");
        assertThat(names(first)).containsExactly("zz-ani", "zz-budi");
        assertThat(first.json().getJsonObject("pagination").getInteger("totalPages"))
                .isEqualTo(2);
        assertThat(names(admin.get(USERS + "?search=zz-&sort=email&order=desc")))
                .containsExactly("zz-citra", "zz-budi", "zz-ani");
        assertThat(names(admin.get(USERS + "?search=zz-"))).containsExactly("zz-citra", "zz-ani", "zz-budi");
        long ani = first.json().getJsonArray("data").getJsonObject(0).getLong("id");
        admin.put(USERS + "/" + ani, new JsonObject().put("active", false));
        assertThat(names(admin.get(USERS + "?search=zz-&active=false"))).containsExactly("zz-ani");
        assertThat(names(admin.get(USERS + "?role=admin&sort=lastLoginAt")))
                .contains("admin")
                .doesNotContain("zz-budi");
        assertThat(names(admin.get(USERS + "?search=%25"))).isEmpty();
        assertThat(admin.get(USERS + "?sort=password_hash&role=x&active=maybe").fields())
                .containsExactlyInAnyOrder("sort", "role", "active");
        assertThat(admin.get(USERS + "/" + ani).data().getBoolean("active")).isFalse();
        assertThat(admin.get(USERS + "/999999").code()).isEqualTo("NOT_FOUND");
    }

    private static List<String> names(Reply page) {
        return page.json().getJsonArray("data").stream()
                .map(each -> ((JsonObject) each).getString("username"))
                .toList();
    }

    @Test
    void onlyAdminsLookAfterUsers() {
        made("eko");
        ContractClient eko =
                stranger.withToken(login("eko", HttpFixture.PASSWORD).getString("token"));
        assertThat(eko.get(USERS).code()).isEqualTo("FORBIDDEN");
        assertThat(eko.post(USERS, person("eko-2")).code()).isEqualTo("FORBIDDEN");
        assertThat(eko.put(USERS + "/1", new JsonObject().put("active", false)).code())
                .isEqualTo("FORBIDDEN");
        assertThat(eko.delete(USERS + "/1").code()).isEqualTo("FORBIDDEN");
        assertThat(admin.post(USERS, person("eko")).code()).isEqualTo("CONFLICT");
        assertThat(admin.post(USERS, person("x").put("color", "red").put("role", "king"))
                        .fields())
                .containsExactlyInAnyOrder("color", "role");
    }

    @Test
    @Effect({"createUser", "updateUser"})
    void whatIsTakenAwayCountsAtOnce() {
        long id = made("fitri");
        JsonObject tokens = login("fitri", HttpFixture.PASSWORD);
        ContractClient fitri = stranger.withToken(tokens.getString("token"));
        ContractClient program = key(fitri);
        assertThat(program.get("/api/auth/profile").status()).isEqualTo(200);

        admin.put(USERS + "/" + id, new JsonObject().put("fullName", "Fitri").put("role", "user"));
        assertThat(fitri.get("/api/auth/profile").status()).isEqualTo(200);
        admin.put(USERS + "/" + id, new JsonObject().put("role", "admin"));
        assertThat(fitri.get("/api/auth/profile").status()).isEqualTo(401);
        fitri = stranger.withToken(login("fitri", HttpFixture.PASSWORD).getString("token"));
        assertThat(fitri.get(USERS).status()).isEqualTo(200);
        admin.put(USERS + "/" + id, new JsonObject().put("active", false));
        assertThat(fitri.get("/api/auth/profile").status()).isEqualTo(401);
        assertThat(program.get("/api/auth/profile").status()).isEqualTo(401);
        assertThat(stranger.post(
                                "/api/auth/login",
                                new JsonObject().put("username", "fitri").put("password", HttpFixture.PASSWORD))
                        .status())
                .isEqualTo(401);
        Row noted = row("select detail::text as detail from audit where action = 'user.update' and subject = '" + id
                + "' order by id desc limit 1");
        assertThat(noted.getString("detail")).contains("\"active\": false");
    }

    @Test
    void oneAdminAlwaysStays() throws Exception {
        long one = row("select id from app_user where username = 'admin'").getLong("id");
        long other = made("second-admin");
        for (int round = 0; round < 10; round++) {
            fixture.users.update(one, be(Caller.Role.ADMIN, true));
            fixture.users.update(other, be(Caller.Role.ADMIN, true));
            List<Callable<Boolean>> both = List.of(
                    () -> done(() -> fixture.users.update(one, be(Caller.Role.ADMIN, false))),
                    () -> done(() -> fixture.users.update(other, be(Caller.Role.USER, true))));
            List<Boolean> done = new ArrayList<>();
            try (var threads = Executors.newFixedThreadPool(2)) {
                for (Future<Boolean> each : threads.invokeAll(both)) {
                    done.add(each.get());
                }
            }
            assertThat(done).containsExactlyInAnyOrder(true, false);
            assertThat(row("select count(*) from app_user where role = 'admin' and active")
                            .getLong(0))
                    .isEqualTo(1);
        }
        fixture.users.update(one, be(Caller.Role.ADMIN, true));
        fixture.users.update(other, be(Caller.Role.USER, true));
        assertThat(admin.delete(USERS + "/" + one).code()).isEqualTo("CONFLICT");
        assertThat(admin.delete(USERS + "/" + other).status()).isEqualTo(200);
    }

    private static Users.Change be(Caller.Role role, boolean active) {
        return new Users.Change(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(role),
                Optional.of(active));
    }

    private static boolean done(Runnable change) {
        try {
            change.run();
            return true;
        } catch (Problem refused) {
            assertThat(refused.code()).isEqualTo(Problem.Code.CONFLICT);
            return false;
        }
    }

    @Test
    @Effect("deleteUser")
    void whoOwnsDevicesIsDeletedWithAnHeirOnly() {
        long leaves = made("gita");
        long heir = made("hari");
        admin.post(DEVICES, new JsonObject().put("deviceId", "gita-1").put("userId", leaves));
        admin.post(DEVICES, new JsonObject().put("deviceId", "hari-1").put("userId", heir));
        fixture.pool
                .query("insert into suppression (owner_id, phone) values (" + leaves + ", '6281200000001')")
                .execute()
                .await();

        assertThat(admin.delete(USERS + "/" + leaves).code()).isEqualTo("CONFLICT");
        assertThat(admin.delete(USERS + "/" + leaves + "?transferTo=" + leaves).fields())
                .containsExactly("transferTo");
        assertThat(admin.delete(USERS + "/" + leaves + "?transferTo=999999").fields())
                .containsExactly("transferTo");
        assertThat(admin.get(DEVICES + "/gita-1").data().getLong("userId")).isEqualTo(leaves);

        Reply deleted = admin.delete(USERS + "/" + leaves + "?transferTo=" + heir);
        assertThat(deleted.data().getLong("transferTo")).isEqualTo(heir);
        assertThat(admin.get(DEVICES + "/gita-1").data().getLong("userId")).isEqualTo(heir);
        assertThat(admin.get(USERS + "/" + leaves).code()).isEqualTo("NOT_FOUND");
        assertThat(admin.delete(USERS + "/" + leaves).code()).isEqualTo("NOT_FOUND");
        Row kept = row("select owner_id, device_id from suppression where phone = '6281200000001'");
        assertThat(kept.getLong("owner_id")).isEqualTo(heir);
        assertThat(kept.getString("device_id")).isEqualTo("gita-1");
        assertThatThrownBy(() -> fixture.users.setPassword("gita", "does not matter"))
                .isInstanceOf(Problem.class);
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void withoutRedisThereAreNoTickets() throws Exception {
        String ticket = admin.post("/api/events/ticket").data().getString("ticket");
        fixture.redis.stop();
        assertThat(admin.post("/api/events/ticket").code()).isEqualTo("NOT_AVAILABLE");
        assertThat(opened("ticket=" + ticket)).isEqualTo(503);
        assertThat(opened("token=" + HttpFixture.KEY)).isEqualTo(200);
    }
}
