package io.kurir.bench;

import io.kurir.db.embedded.Ports;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The service of {@code src/test/bench/http}, a process of its own. Its packages come from npm, once, into {@code target/http-peer}. */
final class NodePeer implements AutoCloseable {
    private static final NodeProgram PROGRAM = new NodeProgram(
            "http",
            List.of("package.json", "package-lock.json", ".npmrc", "server.mjs"),
            "package-lock.json",
            List.of("npm", "ci", "--no-audit", "--no-fund"));

    private final Process process;
    final Api api;

    NodePeer(Parts parts) throws IOException, InterruptedException {
        Path folder = PROGRAM.install(
                parts.home, "http-peer", "Installing the service in Node from npm; better-sqlite3 is compiled …");
        int port = Ports.free();
        JsonObject settings = new JsonObject()
                .put("port", port)
                .put("redis", parts.redis.toString())
                .put("sqlite", parts.folder.resolve("node.sqlite").toString());
        this.process = new ProcessBuilder("node", "server.mjs", settings.encode())
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader lines = Processes.lines(process);
        if (lines.readLine() == null) {
            throw new IOException("server.mjs has ended, see above");
        }
        this.api = new Api(parts.vertx, URI.create("http://127.0.0.1:" + port), Map.of());
    }

    @Override
    public void close() {
        Processes.end(Processes.tree(process.toHandle()));
    }
}
