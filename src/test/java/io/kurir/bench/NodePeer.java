package io.kurir.bench;

import io.kurir.db.embedded.Ports;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/** The service of {@code src/test/bench/http}, a process of its own. Its packages come from npm, once, into {@code target/http-peer}. */
final class NodePeer implements AutoCloseable {
    private static final List<String> FILES = List.of("package.json", "package-lock.json", ".npmrc", "server.mjs");

    private final Process process;
    final Api api;

    NodePeer(Parts parts) throws IOException, InterruptedException {
        Path folder = install(parts.home);
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

    private static Path install(Path home) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(home.resolve("target/http-peer"));
        for (String file : FILES) {
            Files.copy(
                    home.resolve("src/test/bench/http").resolve(file),
                    folder.resolve(file),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        Path installed = folder.resolve("installed.json");
        if (!Processes.text(installed).equals(Processes.text(folder.resolve("package-lock.json")))) {
            System.out.println("Installing the service in Node from npm; better-sqlite3 is compiled …");
            Process npm = new ProcessBuilder("npm", "ci", "--no-audit", "--no-fund")
                    .directory(folder.toFile())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            if (npm.waitFor() != 0) {
                throw new IOException("npm ci failed, see above");
            }
            Files.copy(folder.resolve("package-lock.json"), installed, StandardCopyOption.REPLACE_EXISTING);
        }
        return folder;
    }

    @Override
    public void close() {
        Processes.end(Processes.tree(process.toHandle()));
    }
}
