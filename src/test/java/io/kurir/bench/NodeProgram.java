package io.kurir.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * A program for Node.js in the benches' sources, with what it needs from npm.
 *
 * @param name its folder below {@code src/test/bench}
 * @param manifest which of its files says what it needs: npm is asked again only when that has changed
 * @param npm the command that installs it
 */
record NodeProgram(String name, List<String> files, String manifest, List<String> npm) {

    /** Copies it into {@code target} and installs it there; {@code what} is said where that takes its time. Answers the folder. */
    Path install(Path home, String target, String what) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(home.resolve("target").resolve(target));
        for (String file : files) {
            Files.copy(
                    home.resolve("src/test/bench").resolve(name).resolve(file),
                    folder.resolve(file),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        Path installed = folder.resolve("installed.json");
        if (!Processes.text(installed).equals(Processes.text(folder.resolve(manifest)))) {
            System.out.println(what);
            Process running = new ProcessBuilder(npm)
                    .directory(folder.toFile())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            if (running.waitFor() != 0) {
                throw new IOException(String.join(" ", npm.subList(0, 2)) + " failed, see above");
            }
            Files.copy(folder.resolve(manifest), installed, StandardCopyOption.REPLACE_EXISTING);
        }
        return folder;
    }
}
