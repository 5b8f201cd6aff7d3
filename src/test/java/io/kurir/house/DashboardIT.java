package io.kurir.house;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.ColorScheme;
import io.kurir.dashboard.Visitor;
import io.kurir.dashboard.Visitor.Size;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The dashboard as its users find it: a real browser, the real server, the simulated WhatsApp and its phones. */
class DashboardIT {
    private static final String ADMIN = "admin@example.com";
    private static final List<String> VIEWS = List.of(
            "devices",
            "devices/shop",
            "chats",
            "jobs",
            "jobs/new",
            "schedules",
            "suppressions",
            "agents",
            "chatbots",
            "allowed-numbers",
            "reports",
            "events",
            "webhooks",
            "users",
            "config",
            "audit",
            "cluster",
            "profile",
            "api-keys",
            "no/such/page");

    @TempDir
    private static Path data;

    private static House house;

    @BeforeAll
    static void open() throws Exception {
        house = new House(data, Map.of("KURIR_HTTP_RATE_LIMIT", "10000"));
        house.link("shop", "628111000001");
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @ParameterizedTest
    @CsvSource({"en-GB, en", "id-ID, id"})
    void everyViewCanBeReadByEverybody(String language, String name) {
        List<String> seen = new ArrayList<>();
        try (Visitor visitor = new Visitor(house.base, language).signIn(ADMIN, House.PASSWORD)) {
            for (String view : VIEWS) {
                visitor.go(view);
                for (Size size : Size.values()) {
                    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                        visitor.look(size, scheme);
                        String look = "%s-%s-%s-%s"
                                .formatted(view.replace('/', '-'), name, size, scheme)
                                .toLowerCase(java.util.Locale.ROOT);
                        visitor.picture(look);
                        visitor.violations().forEach(violation -> seen.add(look + ": " + violation));
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
            visitor.go("devices/shop?tab=timeline");
            assertThat(visitor.page).hasURL(java.util.regex.Pattern.compile("/sign-in\\?next="));
            visitor.signIn(ADMIN, House.PASSWORD);
            visitor.go("devices");
            assertThat(visitor.text("Live")).isVisible();
            visitor.page.reload();
            assertThat(visitor.heading()).hasText("Devices");
            assertThat((String)
                            visitor.page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])"))
                    .doesNotContain("eyJ");
            visitor.button(ADMIN.substring(0, 5)).click();
            visitor.page
                    .getByRole(
                            com.microsoft.playwright.options.AriaRole.MENUITEM,
                            new com.microsoft.playwright.Page.GetByRoleOptions().setName("Sign out"))
                    .click();
            assertThat(visitor.heading()).hasText("Sign in to Kurir");
            visitor.go("devices");
            assertThat(visitor.heading()).hasText("Sign in to Kurir");
        }
    }
}
