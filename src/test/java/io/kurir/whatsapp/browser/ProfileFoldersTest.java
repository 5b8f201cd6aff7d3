package io.kurir.whatsapp.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kurir.whatsapp.Kept;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where profiles lie and how they move from one opening to the next. */
class ProfileFoldersTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path browsers;

    private ProfileFolders one() {
        return new ProfileFolders(browsers.resolve("one"), Optional.empty());
    }

    private void kept(String browser, String folder) throws IOException {
        Path profile = browsers.resolve(browser).resolve(folder);
        Files.createDirectories(profile);
        Files.writeString(profile.resolve("kept"), folder);
    }

    @Test
    void aNewDeviceGetsAFolderThatDoesNotExistYet() throws IOException {
        assertThat(one().claim("device", 3))
                .isEqualTo(browsers.resolve("one/device.3"))
                .doesNotExist();
    }

    @Test
    void theNewestOlderGenerationIsMovedAlsoFromAnotherBrowser() throws IOException {
        kept("one", "device.2");
        kept("two", "device.10");
        kept("two", "device-b.11");
        Path folder = one().claim("device", 12);
        assertThat(folder.resolve("kept")).hasContent("device.10");
        assertThat(browsers.resolve("two/device.10")).doesNotExist();
        assertThat(browsers.resolve("two/device-b.11")).exists();
    }

    @Test
    void anOlderEpochDoesNotTakeANewerProfile() throws IOException {
        kept("two", "device.10");
        assertThatThrownBy(() -> one().claim("device", 9)).isInstanceOf(IOException.class);
        assertThat(browsers.resolve("two/device.10")).exists();
    }

    @Test
    void wipingRemovesEveryGenerationAndNoOtherDevice() throws IOException {
        kept("one", "device.2");
        kept("two", "device.10");
        kept("two", "device2.1");
        one().wipe("device");
        assertThat(browsers.resolve("one/device.2")).doesNotExist();
        assertThat(browsers.resolve("two/device.10")).doesNotExist();
        assertThat(browsers.resolve("two/device2.1")).exists();
    }

    /** A node's only browser, where the nodes share a volume. */
    private ProfileFolders of(String node) {
        return new ProfileFolders(browsers.resolve(node).resolve("1"), Optional.of(browsers));
    }

    @Test
    void onASharedVolumeTheNewestGenerationIsTakenFromAnyNode() throws IOException {
        kept("node-a/1", "device.6");
        kept("node-a/2b", "device.7");
        kept("node-a/2b", "other.3");
        kept("node-c/1", "device.2");
        assertThat(of("node-b").claim("device", 8, 7)).isEqualTo(new Kept.Current(7));
        assertThat(browsers.resolve("node-b/1/device.8/kept")).hasContent("device.7");
        assertThat(of("node-b").generations("device")).hasSize(1);
        assertThat(browsers.resolve("node-a/2b/other.3")).exists();
        // the one before, who thaws and does not know yet, gets nothing and breaks nothing
        assertThatThrownBy(() -> of("node-a").claim("device", 7, 7)).isInstanceOf(IOException.class);
        assertThat(browsers.resolve("node-b/1/device.8/kept")).exists();
    }

    @Test
    void withoutASharedVolumeOtherNodesAreNotLookedAt() throws IOException {
        kept("node-a/1", "device.7");
        ProfileFolders alone = new ProfileFolders(browsers.resolve("node-b/1"), Optional.empty());
        assertThat(alone.claim("device", 8, 7)).isEqualTo(new Kept.None());
        assertThat(browsers.resolve("node-a/1/device.7")).exists();
    }

    @Test
    void aCopyThatIsOlderThanTheLastOpeningIsLeftAsItIs() throws IOException {
        kept("one", "device.4");
        assertThat(one().claim("device", 9, 5)).isEqualTo(new Kept.Stale(4));
        assertThat(browsers.resolve("one/device.4/kept")).hasContent("device.4");
        assertThat(browsers.resolve("one/device.9")).doesNotExist();
    }

    @Test
    void whatWasNeverOpenedOrCameByHandOrWasClaimedAndNotOpenedIsCurrent() throws IOException {
        kept("one", "upgraded.4");
        assertThat(one().claim("upgraded", 5, 0)).isEqualTo(new Kept.Current(4));
        kept("one", "imported.0");
        assertThat(one().claim("imported", 9, 9)).isEqualTo(new Kept.Current(0));
        kept("one", "claimed.7");
        assertThat(one().claim("claimed", 8, 6)).isEqualTo(new Kept.Current(7));
        // again within the same ownership
        assertThat(one().claim("claimed", 8, 8)).isEqualTo(new Kept.Current(8));
        assertThat(browsers.resolve("one/claimed.8/kept")).hasContent("claimed.7");
    }

    @Test
    void aLinkThatWasMadeByHandCountsAsImportedAndIsTheOnlyCopy() throws IOException {
        kept("one", "device.3");
        kept("two", "device.5");
        one().imported("device");
        assertThat(browsers.resolve("one/device.0/kept")).hasContent("device.5");
        assertThat(one().generations("device")).hasSize(1);
        one().imported("device");
        assertThat(browsers.resolve("one/device.0/kept")).hasContent("device.5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "../x", "a/b", "a", "", "device.1", "ab\0c", "é-device"})
    void whatIsNoDeviceIdIsRefused(String id) {
        assertThatThrownBy(() -> one().claim(id, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> one().wipe(id)).isInstanceOf(IllegalArgumentException.class);
    }
}
