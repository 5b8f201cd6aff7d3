package io.kurir.http;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The contracts as JSON, and Swagger UI from its webjar: nothing is loaded from another host. Everything is read once, at start. */
final class Docs {
    private static final String WEBJAR = "META-INF/resources/webjars/swagger-ui/";

    /** Swagger UI sets style attributes; scripts come from our own files only. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
            + " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final Map<String, String> TYPES = Map.of(
            "css", "text/css",
            "js", "text/javascript",
            "png", "image/png");

    private final Buffer contract;
    private final Buffer eventContract = Contract.read("asyncapi.yaml").toBuffer();
    private final Buffer page = resource("docs/index.html");
    private final Map<String, Buffer> assets;

    Docs(Contract contract) {
        this.contract = contract.served().toBuffer();
        String folder = WEBJAR + version() + "/";
        this.assets = Stream.of("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
                .collect(Collectors.toMap(name -> name, name -> resource(folder + name)));
        this.assets.put("init.js", resource("docs/init.js"));
    }

    Answer getContract(Ask ask) {
        return Answer.raw("application/json", contract);
    }

    Answer getEventContract(Ask ask) {
        return Answer.raw("application/json", eventContract);
    }

    Answer getDocs(Ask ask) {
        return new Answer.Raw(200, "text/html; charset=utf-8", page, Map.of("Content-Security-Policy", POLICY));
    }

    Answer getDocsAsset(Ask ask) {
        String name = ask.text("asset");
        Buffer bytes = assets.get(name);
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        if (bytes == null || type == null) {
            throw Problem.of(Problem.Code.NOT_FOUND, "There is no " + name);
        }
        return new Answer.Raw(200, type, bytes, Map.of("Cache-Control", "public, max-age=3600"));
    }

    /** The webjar keeps its files under its version, which its own pom.properties names. */
    private static String version() {
        return resource("META-INF/maven/org.webjars/swagger-ui/pom.properties")
                .toString()
                .lines()
                .filter(line -> line.startsWith("version="))
                .map(line -> line.substring("version=".length()).strip())
                .findFirst()
                .orElseThrow();
    }

    /** A file of the class path, whole. */
    static Buffer resource(String path) {
        try (InputStream in = Docs.class.getClassLoader().getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException(path + " is not on the class path");
            }
            return Buffer.buffer(in.readAllBytes());
        } catch (IOException e) {
            throw new IllegalStateException(path + " cannot be read", e);
        }
    }
}
