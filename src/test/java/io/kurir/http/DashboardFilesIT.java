package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How the dashboard's files come to a browser. */
class DashboardFilesIT {
    private static HttpFixture fixture;

    @BeforeAll
    static void open() {
        fixture = new HttpFixture();
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    @Test
    void isWhereOneLandsAndLoadsNothingThatIsNotItsOwn() throws Exception {
        assertThat(get("/").headers().firstValue("Location")).contains("/dashboard/");
        assertThat(get("/dashboard").headers().firstValue("Location")).contains("/dashboard/");
        HttpResponse<String> page = get("/dashboard/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
        assertThat(page.headers().firstValue("Cache-Control")).contains("no-cache");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe", "http:", "https:", "*");
        assertThat(page.body()).doesNotContain("http://", "https://", "<style", "style=", "onload");
    }

    @Test
    void keepsForEverWhatHasItsContentsInItsName() throws Exception {
        String script = script();
        HttpResponse<String> plain = get(script);
        assertThat(plain.headers().firstValue("Cache-Control")).contains("public, max-age=31536000, immutable");
        assertThat(plain.headers().firstValue("Content-Type")).contains("text/javascript; charset=utf-8");
        assertThat(plain.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(get("/dashboard/kurir.svg").headers().firstValue("Cache-Control"))
                .contains("no-cache");
    }

    @Test
    void comesCompressedAsTheBrowserReadsIt() throws Exception {
        String script = script();
        assertThat(encoded(script, "gzip, deflate, br")).isEqualTo("br");
        assertThat(encoded(script, "gzip, br;q=0")).isEqualTo("gzip");
        assertThat(encoded(script, "gzip;q=0.0, identity")).isEmpty();
        assertThat(encoded(script, "broken, bright")).isEmpty();
    }

    @Test
    void showsItsOwnPageForItsViewsAndNoneForFilesThatAreGone() throws Exception {
        String page = get("/dashboard/").body();
        assertThat(get("/dashboard/devices/shop-1").body()).isEqualTo(page);
        assertThat(get("/dashboard/chats/shop-1/6281234567890@c.us").body()).isEqualTo(page);
        assertThat(get("/dashboard/index-0ldHash1.js").statusCode()).isEqualTo(404);
        assertThat(get("/dashboard/../openapi.yaml").statusCode()).isEqualTo(404);
        assertThat(get("/dashboard/%2e%2e/%2e%2e/etc/passwd").body()).doesNotContain("root:");
        assertThat(get("/dashboard/files.json").body()).isEqualTo(page);
    }

    @Test
    void isReadOnly() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest head = HttpRequest.newBuilder(at("/dashboard/")).HEAD().build();
            HttpResponse<String> asked = client.send(head, HttpResponse.BodyHandlers.ofString());
            assertThat(asked.statusCode()).isEqualTo(200);
            assertThat(asked.body()).isEmpty();
            HttpRequest post = HttpRequest.newBuilder(at("/dashboard/"))
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build();
            HttpResponse<String> refused = client.send(post, HttpResponse.BodyHandlers.ofString());
            assertThat(refused.statusCode()).isEqualTo(405);
            assertThat(refused.headers().firstValue("Allow")).contains("GET, HEAD");
        }
    }

    @Test
    void saysWhatItRunsAgainst() {
        var about = fixture.stranger.get("/api/about").data();
        assertThat(about.getString("mode")).isEqualTo("simulator");
        assertThat(about.getString("phones")).endsWith("/phones/");
    }

    private static String script() throws Exception {
        Matcher found = Pattern.compile("src=\"(/dashboard/index-[^\"]+\\.js)\"")
                .matcher(get("/dashboard/").body());
        assertThat(found.find()).isTrue();
        return found.group(1);
    }

    private static String encoded(String path, String accepted) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(at(path))
                .header("Accept-Encoding", accepted)
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.discarding())
                    .headers()
                    .firstValue("Content-Encoding")
                    .orElse("");
        }
    }

    private static HttpResponse<String> get(String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(at(path)).build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static URI at(String path) {
        return fixture.base.resolve(path);
    }
}
