package io.kurir.whatsapp.browser;

import static io.kurir.whatsapp.TestDevice.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Command;
import io.kurir.whatsapp.Jid;
import io.kurir.whatsapp.PageEvent;
import io.kurir.whatsapp.Rig;
import io.kurir.whatsapp.TestDevice;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How a device is linked, loses and regains its network, and is unlinked. One browser, a device for each test. */
class ChromiumLinkIT {
    private static final Rig RIG = new Rig();
    private static final Chromium CHROMIUM = Rig.get(Browsers.launch(RIG, Browsers.folder()));

    @BeforeAll
    static void addressByLid() {
        RIG.knobs(new JsonObject().put("lidChats", true).put("dropRepeatedIds", false));
    }

    @AfterAll
    static void close() {
        Rig.get(CHROMIUM.close());
        RIG.close();
    }

    private static TestDevice open() {
        return TestDevice.open(RIG, CHROMIUM);
    }

    @Test
    void anUnlinkedPageShowsAQrCodeThatCanBeRead() {
        TestDevice device = open();
        PageEvent.QrCode qr = device.await(PageEvent.QrCode.class);
        assertThat(device.execute(new Command.ReadStatus()).qr()).contains(qr.code());
    }

    @Test
    void theQrCodeIsRenewedUntilWhatsAppGivesUpAndComesBackWhenAsked() {
        RIG.knobs(new JsonObject().put("refTtlMs", 2_000).put("refMax", 3));
        try {
            TestDevice device = open();
            String first = device.await(PageEvent.QrCode.class).code();
            device.await(PageEvent.QrCode.class, later -> !later.code().equals(first));
            device.await(PageEvent.QrExpired.class);
            int before = device.mark();
            assertThat(device.execute(new Command.RefreshQr())).isTrue();
            device.await(PageEvent.QrCode.class, before, any -> true);
        } finally {
            RIG.knobs(new JsonObject().putNull("refTtlMs").putNull("refMax"));
        }
    }

    @Test
    void aScannedQrCodeLinksThenThePageIsReady() {
        TestDevice device = open();
        device.scan();
        assertThat(device.await(PageEvent.Linked.class).me().phone()).isEqualTo(Jid.ofPhone(device.phone));
        assertThat(device.await(PageEvent.Ready.class).me().lid()).isPresent();
    }

    @Test
    void aPairingCodeLinks() {
        TestDevice device = open();
        device.await(PageEvent.QrCode.class);
        String code = device.execute(new Command.RequestPairingCode(device.phone));
        assertThat(code).matches("[A-Z0-9]{8}");
        RIG.api("POST", "/api/phones/" + device.phone + "/link-code", new JsonObject().put("code", code));
        device.await(PageEvent.Ready.class);
    }

    @Test
    void aTextBeforeTheLinkIsRefusedAsNotReady() {
        TestDevice device = open();
        assertThat(device.send(text("3EB0EARLY", "628220000001", "too early")))
                .isInstanceOfSatisfying(
                        Command.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(Command.Reason.NOT_READY));
    }

    @Test
    void aLinkRemovedOnThePhoneIsToldAndANewQrCodeComes() {
        TestDevice device = open().link();
        int before = device.mark();
        RIG.api("POST", "/api/phones/" + device.phone + "/unlink");
        device.await(PageEvent.LoggedOut.class);
        device.await(PageEvent.QrCode.class, before, any -> true);
    }

    @Test
    void aLinkRemovedWhileThePageWasClosedIsToldAtTheNextOpening() {
        TestDevice device = open().link();
        Rig.get(device.page.close());
        RIG.api("POST", "/api/phones/" + device.phone + "/unlink");
        TestDevice again = device.reopen(CHROMIUM, 2);
        again.await(PageEvent.QrCode.class);
        assertThat(again.events().getFirst()).isInstanceOf(PageEvent.LoggedOut.class);
    }

    @Test
    void aLogoutRemovesTheLinkAndThePageKeepsItsEpochAndDeadline() {
        TestDevice device = open().link();
        int before = device.mark();
        assertThat(device.execute(new Command.Logout())).isTrue();
        device.await(PageEvent.LoggedOut.class);
        device.await(PageEvent.QrCode.class, before, any -> true);
        assertThat(device.execute(new Command.ReadStatus()).linked()).isFalse();
        device.scan(before);
        device.await(PageEvent.Ready.class, before, any -> true);
    }

    @Test
    void aLostSocketIsToldAndThePageComesBackByItself() {
        TestDevice device = open().link();
        int before = device.mark();
        RIG.api("POST", "/api/phones/" + device.phone + "/drop", new JsonObject().put("refuseMs", 500));
        device.await(PageEvent.SocketLost.class, before, any -> true);
        device.await(PageEvent.Ready.class, before, any -> true);
        assertThat(device.send(text("3EB0BACK", "6282200000021", "back"))).isEqualTo(new Command.Taken());
        device.awaitAck("3EB0BACK", Ack.SERVER);
    }

    @Test
    void twoDevicesInOneBrowserDoNotSeeEachOther() {
        TestDevice one = open().link();
        TestDevice other = open().link();
        one.send(text("3EB0ONE", other.phone, "from one"));
        other.await(PageEvent.Received.class, any -> any.message().text().equals("from one"));
        assertThat(one.execute(new Command.ReadStatus()).me().orElseThrow().phone())
                .isEqualTo(Jid.ofPhone(one.phone));
        assertThat(other.execute(new Command.ReadStatus()).me().orElseThrow().phone())
                .isEqualTo(Jid.ofPhone(other.phone));
        assertThat(other.execute(new Command.Find(Jid.ofPhone(other.phone), "3EB0ONE")))
                .isEqualTo(new Command.Absent());
        assertThat(one.events()).noneMatch(PageEvent.Received.class::isInstance);
    }

    @Test
    void allThatTheBridgeUsesOfWaJsResolves() {
        ChromiumPage page = (ChromiumPage) open().link().page;
        assertThat(Rig.get(page.unresolved())).isEmpty();
    }
}
