package io.kurir.whatsapp.browser;

import static io.kurir.whatsapp.TestDevice.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Command;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.PageEvent;
import io.kurir.whatsapp.PageException;
import io.kurir.whatsapp.PageException.Kind;
import io.kurir.whatsapp.Rig;
import io.kurir.whatsapp.TestDevice;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Browsers and pages that end, cleanly or not, and what is there afterwards. */
class ChromiumLifeIT {
    private final Rig rig = new Rig();
    private final Path folder = Browsers.folder();
    private final List<Chromium> launched = new ArrayList<>();

    private Chromium launch(Path userData) {
        Chromium chromium = Rig.get(Browsers.launch(rig, userData));
        launched.add(chromium);
        return chromium;
    }

    @AfterEach
    void close() {
        launched.forEach(chromium -> Rig.get(chromium.close()));
        rig.close();
    }

    private static List<PageEvent> gone(TestDevice device) {
        return device.events().stream().filter(PageEvent.Gone.class::isInstance).toList();
    }

    @Test
    void aClosedPageIsGoneOnceAndItsProfileOpensAgainWithoutAQrCodeWithWhatArrivedMeanwhile() throws IOException {
        Chromium chromium = launch(folder);
        TestDevice device = TestDevice.open(rig, chromium).link();
        device.send(text("3EB0BEFORE", "6282200000011", "before"));
        device.awaitAck("3EB0BEFORE", Ack.READ);
        Rig.get(device.page.close());
        assertThat(gone(device)).hasSize(1);
        Rig.await("the socket closes", () -> rig.sockets(device.phone).getInteger("live") == 0);
        assertThat(ProfileFolders.held(folder.resolve(device.id + ".1"))).isFalse();
        String missed = rig.write("6282200000021", device.phone, "while you were away");
        TestDevice again = device.reopen(chromium, 2);
        again.await(PageEvent.Received.class, one -> one.message().stanzaId().equals(missed));
        again.await(PageEvent.Ready.class);
        assertThat(again.events()).noneMatch(PageEvent.QrCode.class::isInstance);
        Command.Find find = new Command.Find(Jid.ofPhone("6282200000011"), "3EB0BEFORE");
        assertThat(again.execute(find)).isEqualTo(new Command.Present(Ack.READ));
        assertThat(again.send(text("3EB0BEFORE", "6282200000011", "before"))).isInstanceOf(Command.Known.class);
        assertThat(folder.resolve(device.id + ".1/IndexedDB")).doesNotExist();
        assertThat(folder.resolve(device.id + ".2/IndexedDB")).exists();
    }

    @Test
    void aKilledBrowserIsGoneAndItsProfileOpensInAnotherOneWithoutAQrCode() throws IOException {
        Chromium chromium = launch(folder);
        TestDevice device = TestDevice.open(rig, chromium).link();
        ProcessHandle.of(chromium.pid()).orElseThrow().destroyForcibly();
        Rig.get(chromium.gone());
        device.await(PageEvent.Gone.class);
        assertThat(gone(device)).hasSize(1);
        assertThatThrownBy(() -> device.execute(new Command.ReadStatus()))
                .isInstanceOfSatisfying(
                        PageException.class, fault -> assertThat(fault.kind()).isEqualTo(Kind.GONE));
        TestDevice again = device.reopen(launch(folder.resolveSibling("two")), 2);
        again.await(PageEvent.Ready.class);
        assertThat(again.events()).noneMatch(PageEvent.QrCode.class::isInstance);
    }

    @Test
    void aBrowserThatDiesWhilePagesAreHandedToItLeavesNoOtherOneBehind() throws Exception {
        Chromium chromium = launch(folder);
        long pid = chromium.pid();
        signal(pid, "-STOP"); // so that the process that hands the page over still waits when the browser dies
        Future<?> opening = chromium.open("device-ghost", 1, () -> Duration.ofMinutes(1), event -> {});
        Rig.await("a page is being handed over", () -> processes("--profile-directory=device-ghost.1") > 0);
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        Rig.get(chromium.gone());
        Rig.await("the opening fails", opening::failed);
        Rig.await("no process of the folder is left", () -> processes("--user-data-dir=" + folder) == 0);
        assertThat(ProfileFolders.held(folder.resolve("device-ghost.1"))).isFalse();
        TestDevice.open(rig, launch(folder)).await(PageEvent.QrCode.class);
    }

    private static void signal(long pid, String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", signal, Long.toString(pid)).start().waitFor();
    }

    private static long processes(String argument) {
        return ProcessHandle.allProcesses()
                .filter(ProcessHandle::isAlive)
                .filter(process -> Arrays.asList(process.info().arguments().orElse(new String[0]))
                        .contains(argument))
                .count();
    }

    @Test
    void aCrashedPageIsGoneAndTheOthersGoOn() {
        Chromium chromium = launch(folder);
        TestDevice device = TestDevice.open(rig, chromium).link();
        TestDevice other = TestDevice.open(rig, chromium).link();
        ((ChromiumPage) device.page).crash();
        device.await(PageEvent.Gone.class);
        assertThat(gone(device)).hasSize(1);
        assertThat(other.send(text("3EB0OTHER", "6282200000011", "still here"))).isEqualTo(new Command.Taken());
        TestDevice again = device.reopen(chromium, 2);
        again.await(PageEvent.Ready.class);
    }

    @Test
    void aBrowserLeftBehindIsEndedBeforeTheNextOneStarts() throws IOException {
        Chromium left = launch(folder);
        ProcessHandle process = ProcessHandle.of(left.pid()).orElseThrow();
        Chromium next = launch(folder);
        Rig.await("the left-over ends", () -> !process.isAlive());
        assertThat(next.pid()).isNotEqualTo(process.pid());
        TestDevice.open(rig, next).await(PageEvent.QrCode.class);
    }

    @Test
    void theSameLinkOpenedElsewhereIsToldAsReplaced() throws IOException {
        Chromium chromium = launch(folder);
        TestDevice device = TestDevice.open(rig, chromium).link();
        Path copy = folder.resolveSibling("two").resolve(device.id + ".2");
        for (String part : List.of("IndexedDB", "Local Storage")) {
            copy(folder.resolve(device.id + ".1").resolve(part), copy.resolve(part));
        }
        TestDevice twin = device.reopen(launch(folder.resolveSibling("two")), 2);
        twin.await(PageEvent.Ready.class);
        device.await(PageEvent.Replaced.class);
    }

    @Test
    void wipingForgetsEveryGeneration() throws IOException {
        Chromium chromium = launch(folder);
        TestDevice device = TestDevice.open(rig, chromium).link();
        Rig.get(device.page.close());
        Files.createDirectories(folder.resolveSibling("two").resolve(device.id + ".0"));
        Rig.get(chromium.wipe(device.id));
        assertThat(folder.resolve(device.id + ".1")).doesNotExist();
        assertThat(folder.resolveSibling("two").resolve(device.id + ".0")).doesNotExist();
        device.reopen(chromium, 2).await(PageEvent.QrCode.class);
    }

    @Test
    void chromiumSwitchesOffWhatPlaywrightDoesExceptKeepingClosedProfiles() throws IOException {
        String line =
                Files.readString(Path.of("/proc", String.valueOf(launch(folder).pid()), "cmdline"));
        List<List<String>> off = Arrays.stream(line.split("\0"))
                .filter(flag -> flag.startsWith("--disable-features="))
                .map(flag -> List.of(flag.substring(flag.indexOf('=') + 1).split(",")))
                .toList();
        List<String> playwrights = new ArrayList<>(off.getFirst());
        assertThat(playwrights.remove("DestroyProfileOnBrowserClose")).isTrue();
        assertThat(off.getLast()).containsAll(playwrights).containsAll(Flags.OURS);
        assertThat(line)
                .contains("--disable-background-timer-throttling")
                .contains("--disable-renderer-backgrounding")
                .contains("--disable-backgrounding-occluded-windows");
    }

    @Test
    void noPageContactsAnythingButWhatsApp() {
        Chromium chromium = launch(folder);
        List<String> requests = Rig.get(chromium.recordRequests());
        TestDevice device = TestDevice.open(rig, chromium).link();
        device.send(text("3EB0URL", "6282200000011", "look at https://example.org/page and www.example.com"));
        device.awaitAck("3EB0URL", Ack.READ);
        Rig.get(device.page.close());
        assertThat(requests)
                .isNotEmpty()
                .allMatch(url -> url.startsWith(rig.url().toString())
                        || url.startsWith("ws://127.0.0.1:" + rig.url().getPort())
                        || url.startsWith("data:")
                        || url.startsWith("blob:"));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else if (!file.endsWith("LOCK")) {
                    Files.copy(file, target);
                }
            }
        }
    }

    @Test
    void whatIsNoDeviceIdOpensNothing() {
        Chromium chromium = launch(folder);
        assertThatThrownBy(() -> Rig.get(chromium.open("../evil", 1, () -> Duration.ofSeconds(20), event -> {})))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
