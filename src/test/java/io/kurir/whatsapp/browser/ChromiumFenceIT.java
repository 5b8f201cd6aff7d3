package io.kurir.whatsapp.browser;

import static io.kurir.whatsapp.TestDevice.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Command;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.Kept;
import io.kurir.whatsapp.PageEvent;
import io.kurir.whatsapp.PageException;
import io.kurir.whatsapp.PageException.Kind;
import io.kurir.whatsapp.Rig;
import io.kurir.whatsapp.TestDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The dead man's switch and the epoch: what keeps a page from acting when nobody vouches for it any more. */
class ChromiumFenceIT {
    private static final Rig RIG = new Rig();
    private static final Chromium CHROMIUM = Rig.get(Browsers.launch(RIG, Browsers.folder()));
    private static final Duration SHORT = Duration.ofSeconds(4);
    /** How much later than the deadline the network may see the socket close; a stopped JVM's lease has at least this margin. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    @AfterAll
    static void close() {
        Rig.get(CHROMIUM.close());
        RIG.close();
    }

    private static void assertFails(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        PageException.class, fault -> assertThat(fault.kind()).isEqualTo(kind));
    }

    /** What is asked of the page from now on waits behind this. */
    private static void keepBusy(TestDevice device, int ms) {
        var _ = ((ChromiumPage) device.page)
                .evaluate("{ const end = performance.now() + %d; while (performance.now() < end); }".formatted(ms));
    }

    private static int liveSockets(TestDevice device) {
        return RIG.sockets(device.phone).getInteger("live");
    }

    @Test
    void aPageThatNobodyExtendsClosesItsSocketInTime() {
        TestDevice device = TestDevice.open(RIG, CHROMIUM).link();
        Rig.get(device.page.extend(() -> SHORT));
        long deadline = System.nanoTime() + SHORT.toNanos();
        assertThat(liveSockets(device)).isEqualTo(1);
        Rig.await("the socket closes", () -> liveSockets(device) == 0);
        long late = System.nanoTime() - deadline;
        assertThat(late).isBetween(-MARGIN.toNanos(), MARGIN.toNanos());
        device.await(PageEvent.Fenced.class);
        assertFails(Kind.FENCED, () -> device.send(text("3EB0LATE", "6282200000011", "late")));
        assertFails(Kind.FENCED, () -> Rig.get(device.page.extend(() -> SHORT)));
        assertThat(RIG.submissions("3EB0LATE")).isZero();
    }

    /** A frozen owner's browser is as this one: it goes on, and nobody tells it anything. */
    @Test
    void aFencedPageClosesItselfSoThatAnotherNodeCanOpenItsProfile() throws IOException {
        Path shared = Optional.ofNullable(Browsers.folder().getParent()).orElseThrow();
        Path ours = shared.resolve("node-a/1");
        Chromium frozen = Rig.get(Browsers.launch(RIG, ours, Optional.of(shared)));
        Chromium taker = Rig.get(Browsers.launch(RIG, shared.resolve("node-b/1"), Optional.of(shared)));
        try {
            TestDevice device = TestDevice.open(RIG, frozen).link();
            device.send(text("3EB0BEFOREFREEZE", "6282200000016", "before"));
            device.awaitAck("3EB0BEFOREFREEZE", Ack.SERVER);
            Path profile = ours.resolve(device.id + ".1");
            assertThat(ProfileFolders.held(profile)).isTrue();
            Rig.get(device.page.extend(() -> SHORT));
            long deadline = System.nanoTime() + SHORT.toNanos();
            device.await(PageEvent.Gone.class);
            assertThat(device.events().stream()
                            .filter(event -> event instanceof PageEvent.Fenced || event instanceof PageEvent.Gone)
                            .map(PageEvent::getClass))
                    .as("its owner, when it comes back, hears of no crash first")
                    .startsWith(PageEvent.Fenced.class);
            assertThat(Rig.get(taker.claim(device.id, 2, 1))).isEqualTo(new Kept.Current(1));
            System.out.println("  a profile was free "
                    + Duration.ofNanos(System.nanoTime() - deadline).toMillis() + " ms after its page's deadline");
            TestDevice again = device.reopen(taker, 2);
            again.await(PageEvent.Ready.class);
            assertThat(again.events()).noneMatch(PageEvent.QrCode.class::isInstance);
            assertThat(again.execute(new Command.Find(Jid.ofPhone("6282200000016"), "3EB0BEFOREFREEZE")))
                    .isInstanceOf(Command.Present.class);
            assertThat(profile).doesNotExist();
        } finally {
            Rig.get(taker.close());
            Rig.get(frozen.close());
        }
    }

    @Test
    void anExtendedPageGoesOn() {
        TestDevice device = TestDevice.open(RIG, CHROMIUM).link();
        Rig.get(device.page.extend(() -> SHORT));
        long firstDeadline = System.nanoTime() + SHORT.toNanos();
        Rig.get(device.page.extend(() -> Duration.ofMinutes(1)));
        Rig.await("the first deadline", () -> System.nanoTime() > firstDeadline + MARGIN.toNanos());
        assertThat(device.send(text("3EB0ALIVE", "6282200000011", "alive"))).isEqualTo(new Command.Taken());
        device.awaitAck("3EB0ALIVE", Ack.SERVER);
    }

    @Test
    void aReloadDoesNotGrantAPageMoreTime() {
        TestDevice device = TestDevice.open(RIG, CHROMIUM).link();
        Rig.get(device.page.extend(() -> SHORT));
        long deadline = System.nanoTime() + SHORT.toNanos();
        RIG.api("POST", "/api/phones/" + device.phone + "/unlink"); // reloads the page
        device.await(PageEvent.LoggedOut.class);
        device.await(PageEvent.Fenced.class);
        assertThat(System.nanoTime() - deadline).isLessThan(MARGIN.toNanos());
    }

    @Test
    void aPageWhoseMachineWasSuspendedIsFencedBeforeItSends() {
        TestDevice device = TestDevice.open(RIG, CHROMIUM).link();
        ChromiumPage page = (ChromiumPage) device.page;
        Rig.get(page.evaluate("{ const now = Date.now; Date.now = () => now() + 3_600_000; }"));
        device.await(PageEvent.Fenced.class);
        Rig.await("the socket closes", () -> liveSockets(device) == 0);
    }

    @Test
    void aPageThatIsBusyDoesNotSendAfterItsDeadline() {
        TestDevice device = TestDevice.open(RIG, CHROMIUM).link();
        Rig.get(device.page.extend(() -> Duration.ofSeconds(1)));
        keepBusy(device, 2_500);
        var late = device.page.execute(
                new Command.Send(List.of(text("3EB0BUSY", "6282200000012", "busy"))), Duration.ofSeconds(10));
        assertFails(Kind.FENCED, () -> Rig.get(late));
        device.await(PageEvent.Fenced.class);
        assertThat(RIG.submissions("3EB0BUSY")).isZero();
    }

    @Test
    void aCommandOfAnotherEpochIsRefused() {
        TestDevice device = TestDevice.open(RIG, CHROMIUM).link();
        ChromiumPage page = (ChromiumPage) device.page;
        Command.Send send = new Command.Send(List.of(text("3EB0EPOCH", "6282200000013", "old")));
        assertFails(Kind.FENCED, () -> Rig.get(page.execute(send, 2, Rig.PATIENCE)));
        assertThat(RIG.submissions("3EB0EPOCH")).isZero();
        assertThat(device.send(text("3EB0EPOCH", "6282200000013", "right"))).isEqualTo(new Command.Taken());
    }

    @Test
    void aBusyPageTimesOutAndDelaysNobodyElse() {
        TestDevice busy = TestDevice.open(RIG, CHROMIUM).link();
        TestDevice other = TestDevice.open(RIG, CHROMIUM).link();
        keepBusy(busy, 3_000);
        var late = busy.page.execute(
                new Command.Send(List.of(text("3EB0GIVENUP", "6282200000014", "late"))), Duration.ofSeconds(1));
        long start = System.nanoTime();
        assertThat(other.send(text("3EB0PROMPT", "6282200000015", "prompt"))).isEqualTo(new Command.Taken());
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
        assertFails(Kind.TIMEOUT, () -> Rig.get(late));
        busy.execute(new Command.ReadStatus());
        assertThat(RIG.submissions("3EB0GIVENUP"))
                .as("a command that was given up is not carried out")
                .isZero();
    }
}
