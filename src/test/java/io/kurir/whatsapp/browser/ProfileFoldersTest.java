package io.kurir.whatsapp.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        return new ProfileFolders(browsers.resolve("one"));
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

    @ParameterizedTest
    @ValueSource(strings = {"..", "../x", "a/b", "a", "", "device.1", "ab\0c", "é-device"})
    void whatIsNoDeviceIdIsRefused(String id) {
        assertThatThrownBy(() -> one().claim(id, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> one().wipe(id)).isInstanceOf(IllegalArgumentException.class);
    }
}
