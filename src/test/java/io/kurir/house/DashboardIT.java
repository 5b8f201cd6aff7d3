package io.kurir.house;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.kurir.dashboard.Visitor;
import io.kurir.dashboard.Visitor.Size;
import io.kurir.http.ContractClient;
import io.kurir.webhook.Receiver;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The dashboard as its users find it: a real browser, the real server, the simulated WhatsApp and its phones. {@link Visitor} fails for what no page may
 * do. Pictures of every view stay in {@code target/dashboard}.
 */
class DashboardIT {
    private static final String ADMIN = "admin@example.com";
    private static final String USER = "sari@example.com";
    private static final String CUSTOMER = "628111000900";
    private static final double PATIENCE_MS = 30_000;

    private static final List<String> OPEN_VIEWS = List.of(
            "devices",
            "devices/shop",
            "chats",
            "chats/shop/" + CUSTOMER + "@c.us",
            "jobs",
            "schedules",
            "suppressions",
            "agents",
            "chatbots",
            "allowed-numbers",
            "reports",
            "events",
            "webhooks",
            "profile",
            "api-keys",
            "no/such/page");

    private static final List<String> ADMIN_VIEWS = List.of("jobs/new", "users", "config", "audit", "cluster");

    @TempDir
    private static Path data;

    private static House house;

    @BeforeAll
    static void open() throws Exception {
        house = new House(
                data,
                Map.of(
                        "KURIR_WEBHOOK_ALLOW_URLS", "127.0.0.1",
                        "KURIR_WEBHOOK_RETRY_DELAY", "50ms",
                        "KURIR_WEBHOOK_PROBE_DELAY", "100ms",
                        "KURIR_EVENTS_SWEEP", "100ms",
                        "KURIR_SEND_PER_MINUTE", "6000",
                        "KURIR_SEND_BURST", "100"));
        house.link("shop", "628111000001");
        house.admin.post(
                "/api/admin/users",
                new JsonObject()
                        .put("username", "sari")
                        .put("email", USER)
                        .put("password", House.PASSWORD)
                        .put("fullName", "Sari"));
        house.phone(
                "POST", "/api/phones", new JsonObject().put("phone", CUSTOMER).put("name", "Budi"));
        talk();
    }

    /** So that views have something to show. */
    private static void talk() throws Exception {
        write("628111000901", "Sari Wijaya", "Thank you, it has arrived!");
        write("628111000902", "Agus", "Do you deliver to Bandung?");
        write("628111000903", "Dewi Lestari", "Good morning, I have a question about my order.");
        write(CUSTOMER, "Budi", "Hello, is the shop open today?");
        write(CUSTOMER, "Budi", "I would like to order 2 boxes.");
        house.admin.post(
                House.DEVICES + "/shop/send-message",
                new JsonObject().put("to", CUSTOMER).put("message", "Yes, until 6 pm. *Welcome!*"));
        await().atMost(Duration.ofSeconds(30)).until(() -> house.rows("message") >= 6);
    }

    private static void write(String phone, String name, String text) throws Exception {
        house.phone("POST", "/api/phones", new JsonObject().put("phone", phone).put("name", name));
        house.phone(
                "POST",
                "/api/phones/" + phone + "/messages",
                new JsonObject().put("to", "628111000001").put("text", text));
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    private static Visitor admin() {
        return new Visitor(house.base, "en-GB").signIn(ADMIN, House.PASSWORD);
    }

    @Test
    void everyViewCanBeReadByEverybodyInEnglish() {
        mustBeReadable("en-GB", List.of(Size.values()), List.of(ColorScheme.LIGHT, ColorScheme.DARK));
    }

    @Test
    void everyViewCanBeReadByEverybodyInBahasaIndonesia() {
        mustBeReadable("id-ID", List.of(Size.PHONE), List.of(ColorScheme.LIGHT));
    }

    private static void mustBeReadable(String language, List<Size> sizes, List<ColorScheme> schemes) {
        List<String> seen = new ArrayList<>();
        List<String> views = new ArrayList<>(OPEN_VIEWS);
        views.addAll(ADMIN_VIEWS);
        try (Visitor visitor = new Visitor(house.base, language).signIn(ADMIN, House.PASSWORD)) {
            for (String view : views) {
                visitor.go(view);
                visitor.settled();
                for (Size size : sizes) {
                    for (ColorScheme scheme : schemes) {
                        visitor.look(size, scheme);
                        String look = "%s-%s-%s-%s"
                                .formatted(view.replace('/', '-'), language.substring(0, 2), size, scheme)
                                .toLowerCase(Locale.ROOT);
                        visitor.violations().forEach(violation -> seen.add(look + ": " + violation));
                        visitor.picture(look);
                        if (visitor.tooWide()) {
                            seen.add(look + ": scrolls sideways");
                        }
                    }
                }
            }
        }
        assertThat(seen).isEmpty();
    }

    @Test
    void aLoginOutlivesAReloadAndEndsWhenItIsEnded() {
        try (Visitor visitor = new Visitor(house.base, "en-GB")) {
            visitor.go("devices/shop");
            assertThat(visitor.page).hasURL(Pattern.compile("/sign-in\\?next=/devices/shop$"));
            visitor.signIn(ADMIN, House.PASSWORD);
            visitor.go("devices");
            assertThat(visitor.text("Live")).isVisible();
            visitor.page.reload();
            assertThat(visitor.heading()).hasText("Devices");
            String kept = (String)
                    visitor.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])");
            assertThat(kept).isEqualTo("[{\"kurir.language\":\"en\"},{},\"\"]");
            visitor.button("admin").click();
            menuItem(visitor, "Sign out").click();
            assertThat(visitor.heading()).hasText("Sign in to Kurir");
            visitor.go("devices");
            assertThat(visitor.heading()).hasText("Sign in to Kurir");
        }
    }

    @Test
    void whoSignsInWronglyIsToldSoAtTheForm() {
        try (Visitor visitor = new Visitor(house.base, "id-ID")) {
            visitor.go("sign-in");
            visitor.field("Email atau nama pengguna").fill(ADMIN);
            visitor.field("Kata sandi").fill("not the password");
            visitor.button("Masuk").click();
            assertThat(visitor.page.getByRole(AriaRole.ALERT)).containsText("kata sandi salah");
            assertThat(visitor.heading()).hasText("Masuk ke Kurir");
        }
    }

    @Test
    void aDeviceIsAddedAndLinkedByScanningItsCodeWithAPhone() throws Exception {
        house.phone(
                "POST",
                "/api/phones",
                new JsonObject().put("phone", "628111000002").put("name", "Counter phone"));
        try (Visitor visitor = admin()) {
            visitor.go("devices");
            visitor.button("Add device").first().click();
            Locator dialog = visitor.dialog();
            dialog.getByLabel("Name").first().fill("Counter");
            dialog.getByLabel("Id (optional)").fill("counter");
            dialog.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Add device"))
                    .click();
            Locator code = visitor.page.getByAltText("QR code to link this device");
            assertThat(code).isVisible(patiently());
            visitor.picture("flow-link-by-qr");

            Page phone = visitor.open(house.simulator.url() + "phones/#628111000002/links");
            phone.locator("#offers").getByRole(AriaRole.BUTTON).first().click();
            assertThat(visitor.dialog()).containsText("Linked and connected", textPatiently());
            visitor.picture("flow-linked");
            visitor.button("Done").click();
            assertThat(row(visitor, "Counter")).containsText("Connected");
            assertThat(row(visitor, "Counter")).containsText("+628111000002");
        }
    }

    @Test
    void peopleTalkBothWaysAndTicksMove() throws Exception {
        String person = "628111000910";
        house.phone(
                "POST",
                "/api/phones",
                new JsonObject().put("phone", person).put("name", "Wati").put("auto", false));
        try (Visitor visitor = admin()) {
            visitor.go("chats/shop");
            assertThat(visitor.text("Live")).isVisible();
            house.phone(
                    "POST",
                    "/api/phones/" + person + "/messages",
                    new JsonObject().put("to", "628111000001").put("text", "Good morning <b>shop</b>"));
            Locator chat =
                    visitor.page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(Pattern.compile("Wati")));
            assertThat(chat).isVisible(patiently());
            chat.click();
            Locator incoming = visitor.page
                    .getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("Messages"))
                    .getByRole(AriaRole.LISTITEM)
                    .filter(new Locator.FilterOptions().setHasText("Good morning <b>shop</b>"));
            assertThat(incoming.first()).isVisible();

            visitor.field("Write a message").fill("Good morning, what can I do for you?");
            visitor.page.keyboard().press("Enter");
            Locator outgoing = visitor.page
                    .getByRole(AriaRole.REGION, new Page.GetByRoleOptions().setName("Messages"))
                    .getByRole(AriaRole.LISTITEM)
                    .filter(new Locator.FilterOptions().setHasText("what can I do for you?"));
            assertThat(outgoing.getByLabel("Sent")).isVisible(patiently());
            house.phone(
                    "POST", "/api/phones", new JsonObject().put("phone", person).put("auto", true));
            house.phone("POST", "/api/phones/" + person + "/read", new JsonObject().put("peer", "628111000001"));
            assertThat(outgoing.getByLabel("Read")).isVisible(patiently());
            visitor.picture("flow-chat");
        }
    }

    @Test
    void aBroadcastOfFiftyIsCheckedStartedPausedAndResumed() throws Exception {
        String recipients = "phone,name\n"
                + IntStream.range(0, 50)
                        .mapToObj(number -> "62811100%04d,Person %d".formatted(2000 + number, number))
                        .collect(Collectors.joining("\n"))
                + "\n12,Nobody\n";
        for (int number = 0; number < 50; number++) {
            house.phone("POST", "/api/phones", new JsonObject().put("phone", "62811100%04d".formatted(2000 + number)));
        }
        try (Visitor visitor = admin()) {
            visitor.go("jobs/new");
            visitor.field("Device").selectOption("shop");
            visitor.field("Numbers").fill(recipients);
            assertThat(visitor.text("50 recipients are fine")).isVisible();
            assertThat(visitor.text("1 line has a problem")).isVisible();
            assertThat(visitor.text("Line 52")).isVisible();
            visitor.field("Leave this line out").check();
            visitor.field("Text").last().fill("Dear {name}, we open at 9.");
            assertThat(visitor.text("Dear Person 0, we open at 9.")).isVisible();
            visitor.field("Between messages (optional)").fill("0.2");
            visitor.picture("flow-broadcast-composed");
            visitor.button("Review").click();
            visitor.dialog()
                    .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Start broadcast"))
                    .click();

            Locator progress = visitor.page.getByRole(AriaRole.PROGRESSBAR);
            assertThat(progress).hasAttribute("aria-valuenow", Pattern.compile("[1-9]\\d*"), attributePatiently());
            visitor.button("Pause").click();
            assertThat(visitor.text("Somebody paused it.")).isVisible(patiently());
            visitor.picture("flow-broadcast-paused");
            visitor.button("Resume").click();
            assertThat(visitor.text("Completed"))
                    .isVisible(new LocatorAssertions.IsVisibleOptions().setTimeout(60_000));
            assertThat(progress).hasAttribute("aria-valuenow", "50");
            Download export = visitor.page.waitForDownload(
                    () -> visitor.button("Export CSV").click());
            assertThat(Files.readAllLines(export.path())).hasSize(51);
            visitor.picture("flow-broadcast-done");
        }
        assertThat(texts("Dear Person 49, we open at 9.")).isEqualTo(1);
    }

    private static long texts(String body) throws Exception {
        return House.get(house.pool
                        .preparedQuery("select count(*) from message where body = $1")
                        .execute(io.vertx.sqlclient.Tuple.of(body)))
                .iterator()
                .next()
                .getLong(0);
    }

    @Test
    void aScheduleIsExplainedMadeAndCancelled() {
        try (Visitor visitor = admin()) {
            visitor.go("schedules");
            visitor.field("Device").selectOption("shop");
            visitor.button("New schedule").click();
            Locator dialog = visitor.dialog();
            dialog.getByLabel("Recipient").fill(CUSTOMER);
            dialog.getByLabel("Message").fill("Your weekly offer");
            dialog.getByText("Repeated", new Locator.GetByTextOptions().setExact(true))
                    .click();
            dialog.getByLabel("Cron expression").fill("30 8 * * 1");
            assertThat(dialog).containsText("Monday");
            assertThat(dialog.locator("ol li")).hasCount(5);
            visitor.picture("flow-schedule");
            dialog.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Create schedule"))
                    .click();
            assertThat(row(visitor, "Your weekly offer")).containsText("Active");

            String tomorrow = LocalDateTime.now(ZoneId.of("Asia/Jakarta"))
                    .plusDays(1)
                    .truncatedTo(ChronoUnit.MINUTES)
                    .toString();
            visitor.button("New schedule").click();
            dialog.getByLabel("Recipient").fill(CUSTOMER);
            dialog.getByLabel("Message").fill("Your order is ready");
            dialog.getByLabel("Date and time").fill(tomorrow);
            dialog.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Create schedule"))
                    .click();
            Locator once = row(visitor, "Your order is ready");
            assertThat(once).containsText("Active");
            once.getByRole(AriaRole.BUTTON).click();
            menuItem(visitor, "Cancel schedule").click();
            visitor.page
                    .getByRole(AriaRole.ALERTDIALOG)
                    .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Cancel schedule"))
                    .click();
            assertThat(once).containsText("Cancelled");
        }
    }

    @Test
    void aWebhookIsTestedAndWhatItRefusedIsReplayed() throws Exception {
        Receiver receiver = new Receiver(house.vertx);
        receiver.answer = got -> Future.succeededFuture(got.raw().contains("refused once") ? 400 : 200);
        try (Visitor visitor = admin()) {
            visitor.go("webhooks");
            visitor.button("Add webhook").first().click();
            visitor.dialog().getByLabel("URL").fill(receiver.url());
            visitor.dialog()
                    .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Add webhook"))
                    .click();
            assertThat(visitor.dialog()).containsText("whsec_");
            visitor.button("To the webhook").click();
            visitor.button("Send a test").click();
            assertThat(visitor.dialog()).containsText("The endpoint took it", textPatiently());
            visitor.dialog()
                    .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Close"))
                    .last()
                    .click();

            house.phone(
                    "POST",
                    "/api/phones/" + CUSTOMER + "/messages",
                    new JsonObject().put("to", "628111000001").put("text", "refused once"));
            visitor.page
                    .getByRole(AriaRole.TAB, new Page.GetByRoleOptions().setName("Dead letters"))
                    .click();
            Locator dead = visitor.page.getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText("400"));
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                visitor.page.waitForTimeout(500);
                return dead.count() == 1;
            });
            visitor.picture("flow-dead-letter");
            receiver.answer = _ -> Future.succeededFuture(200);
            dead.getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName("Deliver again"))
                    .click();
            await().atMost(Duration.ofSeconds(30))
                    .until(() ->
                            receiver.taken.stream().anyMatch(got -> got.raw().contains("refused once")));
        }
    }

    @Test
    void aUserSeesWhatIsTheirsAndAnAdminTheRest() {
        ContractClient admin = house.admin;
        JsonArray users = admin.get("/api/admin/users?search=sari").json().getJsonArray("data");
        long sari = users.getJsonObject(0).getLong("id");
        admin.post(
                House.DEVICES,
                new JsonObject()
                        .put("deviceId", "sari-1")
                        .put("deviceName", "Sari's shop")
                        .put("userId", sari));
        try (Visitor visitor = new Visitor(house.base, "en-GB").signIn(USER, House.PASSWORD)) {
            visitor.go("devices");
            assertThat(row(visitor, "Sari's shop")).isVisible();
            assertThat(row(visitor, "628111000001")).hasCount(0);
            assertThat(visitor.button("Add device")).hasCount(0);
            for (String name : List.of("Users", "Configuration", "Audit", "Cluster")) {
                assertThat(visitor.link(name)).hasCount(0);
            }
            for (String view : ADMIN_VIEWS) {
                visitor.go(view);
                assertThat(visitor.heading()).hasText("This page is for administrators");
            }
            visitor.go("devices/shop");
            assertThat(visitor.heading()).containsText("no such device");
            List<String> seen = new ArrayList<>();
            for (String view : OPEN_VIEWS) {
                visitor.go(view);
                visitor.settled();
                visitor.violations().forEach(violation -> seen.add(view + ": " + violation));
            }
            assertThat(seen).isEmpty();
        }
    }

    @Test
    void theLanguageAndTheLookAreChosenAndKept() {
        try (Visitor visitor = admin()) {
            visitor.go("devices");
            visitor.field("Language").selectOption("id");
            assertThat(visitor.heading()).hasText("Perangkat");
            visitor.field("Tampilan").selectOption("dark");
            visitor.page.reload();
            assertThat(visitor.heading()).hasText("Perangkat");
            assertThat(visitor.page.locator("html")).hasAttribute("lang", "id");
            assertThat((String) visitor.page.evaluate("getComputedStyle(document.documentElement).colorScheme"))
                    .isEqualTo("dark");
        }
    }

    @Test
    void aLoginThatIsEndedElsewhereIsSaidAndGoneOnWithAtTheSamePlace() {
        house.admin.post(
                "/api/admin/users",
                new JsonObject()
                        .put("username", "rudi")
                        .put("email", "rudi@example.com")
                        .put("password", House.PASSWORD));
        JsonArray found = house.admin.get("/api/admin/users?search=rudi").json().getJsonArray("data");
        try (Visitor visitor = new Visitor(house.base, "en-GB").signIn("rudi", House.PASSWORD)) {
            visitor.go("schedules");
            assertThat(visitor.text("Live")).isVisible(patiently());
            house.admin.put(
                    "/api/admin/users/" + found.getJsonObject(0).getLong("id"),
                    new JsonObject().put("password", "another good password"));
            assertThat(visitor.text("Your session has ended.")).isVisible(patiently());
            visitor.field("Email or user name").fill("rudi");
            visitor.field("Password").fill("another good password");
            visitor.button("Sign in").click();
            assertThat(visitor.heading()).hasText("Schedules");
        }
    }

    @Test
    void aLineThatBreaksIsSaidAndWhatWasMissedIsShownAfterwards() throws Exception {
        try (Visitor visitor = admin()) {
            visitor.go("events");
            assertThat(visitor.text("Live")).isVisible(patiently());
            visitor.offline(true);
            assertThat(visitor.text("Connection lost, trying again…")).isVisible(patiently());
            write("628111000920", "Nina", "Are you still there?");
            visitor.offline(false);
            assertThat(visitor.text("Live")).isVisible(patiently());
            assertThat(visitor.page.getByText("Are you still there?").first()).isVisible(patiently());
        }
    }

    private static Locator row(Visitor visitor, String text) {
        return visitor.page.getByRole(AriaRole.ROW).filter(new Locator.FilterOptions().setHasText(text));
    }

    private static Locator menuItem(Visitor visitor, String name) {
        return visitor.page.getByRole(AriaRole.MENUITEM, new Page.GetByRoleOptions().setName(name));
    }

    private static LocatorAssertions.IsVisibleOptions patiently() {
        return new LocatorAssertions.IsVisibleOptions().setTimeout(PATIENCE_MS);
    }

    private static LocatorAssertions.ContainsTextOptions textPatiently() {
        return new LocatorAssertions.ContainsTextOptions().setTimeout(PATIENCE_MS);
    }

    private static LocatorAssertions.HasAttributeOptions attributePatiently() {
        return new LocatorAssertions.HasAttributeOptions().setTimeout(PATIENCE_MS);
    }
}
