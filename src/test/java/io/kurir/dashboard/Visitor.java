package io.kurir.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import io.kurir.whatsapp.browser.Executable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/**
 * One person, one browser. What no page may do is noted on the way, and {@link #close} fails for it: an error or a warning in the console (the
 * policy's refusals are such), an exception that nobody caught, a request to a foreign host. Belongs to the thread that made it.
 */
public final class Visitor implements AutoCloseable {
    /** Where pictures of what was seen are kept. */
    public static final Path PICTURES = Path.of("target/dashboard");

    private static final Path AXE = Path.of("src/main/browser/node_modules/axe-core/axe.min.js");

    /** A page of the desktop and one of a phone. */
    public enum Size {
        WIDE(1360, 860),
        PHONE(390, 844);

        private final int width;
        private final int height;

        Size(int width, int height) {
            this.width = width;
            this.height = height;
        }
    }

    private final Playwright playwright;
    private final Browser browser;
    private final BrowserContext context;
    private final URI base;
    private final List<String> faults = new CopyOnWriteArrayList<>();
    public final Page page;

    /** {@code language}: such as en-GB or id-ID. */
    public Visitor(URI base, String language) {
        this.base = base;
        this.playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        BrowserType.LaunchOptions options = new BrowserType.LaunchOptions()
                .setChromiumSandbox(false)
                .setArgs(List.of("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"));
        Executable.find(Optional.empty()).ifPresent(options::setExecutablePath);
        this.browser = playwright.chromium().launch(options);
        this.context = browser.newContext(new Browser.NewContextOptions()
                .setLocale(language)
                .setViewportSize(Size.WIDE.width, Size.WIDE.height)
                .setReducedMotion(ReducedMotion.REDUCE)
                .setAcceptDownloads(true));
        this.page = context.newPage();
        watch(page);
    }

    private void watch(Page watched) {
        watched.onConsoleMessage(this::heard);
        watched.onPageError(error -> faults.add("exception: " + error));
        watched.onRequest(request -> {
            URI to = URI.create(request.url());
            if (to.getHost() != null && (!to.getHost().equals(base.getHost()) || to.getPort() != base.getPort())) {
                faults.add("foreign request: " + request.url());
            }
        });
    }

    /** The browser itself says so of each refusal and each broken line; which of them are faults is for the tests to say. */
    private void heard(ConsoleMessage message) {
        boolean bad = message.type().equals("error") || message.type().equals("warning");
        if (bad && !message.text().startsWith("Failed to load resource:")) {
            faults.add("console: " + message.text());
        }
    }

    public Visitor signIn(String name, String password) {
        go("sign-in");
        page.getByLabel(Pattern.compile("^(Email or user name|Email atau nama pengguna)"))
                .fill(name);
        page.getByLabel(Pattern.compile("^(Password|Kata sandi)")).fill(password);
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(Pattern.compile("^(Sign in|Masuk)$")))
                .click();
        page.waitForURL(url -> !url.contains("/sign-in"));
        return this;
    }

    /** Cuts or mends the browser's line to everything. */
    public void offline(boolean cut) {
        context.setOffline(cut);
    }

    /** A path below /dashboard/; returns when its heading is there. */
    public void go(String path) {
        page.navigate(base.resolve("/dashboard/" + path).toString());
        heading().waitFor();
    }

    /** A page beside the dashboard, such as the simulated phones'; what it does is not looked at. */
    public Page open(String url) {
        Page other = context.newPage();
        other.navigate(url);
        return other;
    }

    /** Returns when nothing says any more that it is loading. */
    public void settled() {
        Locator busy = page.locator(".loading, [aria-busy=true]");
        try {
            PlaywrightAssertions.assertThat(busy)
                    .hasCount(0, new LocatorAssertions.HasCountOptions().setTimeout(15_000));
        } catch (AssertionError loading) {
            throw new AssertionError(
                    page.url() + " is still loading: " + busy.first().evaluate("e => e.outerHTML.slice(0, 300)"),
                    loading);
        }
    }

    public Locator heading() {
        return page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setLevel(1))
                .first();
    }

    public Locator button(String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    public Locator link(String name) {
        return page.getByRole(
                AriaRole.LINK, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    public Locator field(String label) {
        return page.getByLabel(label, new Page.GetByLabelOptions().setExact(true));
    }

    public Locator text(String text) {
        return page.getByText(text).first();
    }

    public Locator dialog() {
        return page.getByRole(AriaRole.DIALOG);
    }

    /** Shows the page otherwise, without loading it again. */
    public void look(Size size, ColorScheme scheme) {
        page.setViewportSize(size.width, size.height);
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
        page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
    }

    public void picture(String name) {
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(PICTURES.resolve(name + ".png"))
                .setFullPage(true));
    }

    /** What axe finds on the page as it stands, a line for each: rule, sentence, the first elements. */
    public List<String> violations() {
        @SuppressWarnings("unchecked")
        List<String> found = (List<String>) page.evaluate("""
                (() => {
                  let module, exports, define; // else axe takes us for a program of Node
                  %s;
                  return axe.run().then(({ violations }) => violations.map(({ id, help, nodes }) =>
                    `${id}: ${help}: ` + nodes.slice(0, 3).map(({ html, any }) =>
                      html.slice(0, 160) + ' ' + (any[0]?.data?.fgColor ? any[0].data.fgColor + ' on ' + any[0].data.bgColor : '')).join(' | ')));
                })()
                """.replace("%s", axe()));
        return found;
    }

    /** Whether one must scroll sideways to see all. */
    public boolean tooWide() {
        return (boolean) page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth");
    }

    private static String axe() {
        try {
            return Files.readString(AXE);
        } catch (IOException e) {
            throw new IllegalStateException("axe-core is not installed: node src/main/browser/build.mjs", e);
        }
    }

    /** Throws AssertionError for what no page may do. */
    @Override
    public void close() {
        playwright.close();
        assertThat(faults).isEmpty();
    }
}
