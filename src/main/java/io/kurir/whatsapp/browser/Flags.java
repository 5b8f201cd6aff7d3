package io.kurir.whatsapp.browser;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Chromium's command line. */
final class Flags {
    /**
     * What Playwright 1.62 switches off, without {@code DestroyProfileOnBrowserClose}: a device's profile must be let go when its page closes, while
     * the browser goes on.
     */
    static final List<String> PLAYWRIGHTS = List.of(
            "AvoidUnnecessaryBeforeUnloadCheckSync",
            "BoundaryEventDispatchTracksNodeRemoval",
            "DialMediaRouteProvider",
            "GlobalMediaControls",
            "HttpsUpgrades",
            "LensOverlay",
            "MediaRouter",
            "PaintHolding",
            "ThirdPartyStoragePartitioning",
            "BlockOriginHeaderModificationOnRedirect",
            "Translate",
            "AutoDeElevate",
            "OptimizationHints",
            "msForceBrowserSignIn",
            "msEdgeUpdateLaunchServicesPreferredVersion");

    /** The address bar's pop-ups: each window starts a renderer of about 30 MB for them. */
    static final List<String> OURS = List.of("WebUIOmniboxPopup", "WebUIOmniboxFullPopup", "WebUIOmniboxAimPopup");

    /** Of each profile: what WhatsApp Web itself weighs fits in, and twenty devices do not fill a disk. */
    private static final long CACHE_BYTES = 64L << 20;

    private Flags() {}

    /** For the first start; Playwright adds its own, those against the throttling of background windows among them. */
    static List<String> first(Chromium.Options options) {
        List<String> flags = new ArrayList<>(List.of(
                "--profile-directory=hub",
                "--remote-debugging-port=0",
                // Chromium keeps only the last of these, so Playwright's are said again (a test compares).
                "--disable-features=" + String.join(",", PLAYWRIGHTS) + "," + String.join(",", OURS),
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-quic",
                "--no-first-run",
                "--disk-cache-size=" + CACHE_BYTES,
                "--media-cache-size=" + CACHE_BYTES,
                "--password-store=basic"));
        screen(options, flags);
        options.hostRules().ifPresent(rules -> flags.add("--host-resolver-rules=" + rules));
        options.proxy()
                .ifPresent(proxy -> flags.addAll(List.of(
                        "--proxy-server=" + proxy,
                        // also what is on this machine: a simulated WhatsApp behind the proxy is to be reached by it
                        "--proxy-bypass-list=<-loopback>",
                        // WebRTC would look for ways of its own around the proxy
                        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp")));
        return flags;
    }

    /** A window system without a screen. Not --headless: that has no process singleton, so no further profiles. */
    private static void screen(Chromium.Options options, List<String> flags) {
        if (!options.visible()) {
            flags.add("--ozone-platform=headless");
        }
    }

    /** For a further start, which only hands the profile and the address over to the running browser. */
    static List<String> further(Path executable, String profile, String url, Chromium.Options options) {
        List<String> line = new ArrayList<>(List.of(
                executable.toString(),
                "--no-first-run",
                "--password-store=basic",
                Leftover.userDataArgument(options.userData()),
                "--profile-directory=" + profile));
        screen(options, line);
        if (!options.sandbox()) {
            line.add("--no-sandbox");
        }
        line.add(url);
        return line;
    }
}
