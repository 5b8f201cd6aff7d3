package io.kurir.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContentTypesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "89504E470D0A1A0A0000000D49484452,,image/png",
        "FFD8FFE000104A46494600010100,,image/jpeg",
        "474946383961,,image/gif",
        "524946462400000057454250565038,,image/webp",
        "00000018667479706973366D6D703432,,video/mp4",
        "0000001C667479706D70343200000000,,video/mp4",
        "0000001C667479706D70343200000000,sound.m4a,audio/mp4",
        "1A45DFA39F4286810142F7810142F2810442F381084282847765626D,,video/webm",
        "4F67675300020000000000000000000000000000000000000000011E4F70757348656164,,audio/ogg",
        "49443303000000000000,,audio/mpeg",
        "FFF15080,,audio/aac",
        "2321414D520A,,audio/amr",
        "52494646240000005741564566,,audio/wav",
        "255044462D312E340A,,application/pdf",
        "D0CF11E0A1B11AE10000000000000000,letter.doc,application/msword",
        "D0CF11E0A1B11AE10000000000000000,sums.xls,application/vnd.ms-excel",
        "D0CF11E0A1B11AE10000000000000000,,application/x-tika-msoffice",
        "612C620A312C320A,numbers.csv,text/csv",
        "612C620A312C320A,,text/plain",
        "424547494E3A56434152440D0A56455253494F4E3A332E300D0A,,text/vcard",
        "7F454C4602010100,,application/x-elf",
        "4D5A90000300000004000000FFFF0000,photo.jpg,application/x-msdownload"
    })
    void byContent(String hex, String name, String type) throws IOException {
        Path file = folder.resolve("file");
        Files.write(file, HexFormat.of().parseHex(hex));
        assertThat(ContentTypes.detect(file, Optional.ofNullable(name), Optional.empty()))
                .isEqualTo(type);
    }

    @Test
    void archivesByTheirNames() throws IOException {
        assertThat(type("[Content_Types].xml", "word/document.xml")).endsWith("wordprocessingml.document");
        assertThat(type("[Content_Types].xml", "xl/workbook.xml")).endsWith("spreadsheetml.sheet");
        assertThat(type("[Content_Types].xml", "ppt/presentation.xml")).endsWith("presentationml.presentation");
        assertThat(type("[Content_Types].xml", "word/vbaProject.bin")).isEqualTo("application/x-office-with-macros");
        assertThat(type("a.txt", "b.txt")).isEqualTo("application/zip");
        assertThat(type("AndroidManifest.xml")).isEqualTo("application/vnd.android.package-archive");
        assertThat(type("META-INF/MANIFEST.MF")).isEqualTo("application/java-archive");
    }

    @Test
    void openDocumentByItsFirstEntry() throws IOException {
        byte[] type = "application/vnd.oasis.opendocument.text".getBytes(StandardCharsets.US_ASCII);
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            ZipEntry entry = new ZipEntry("mimetype");
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(type.length);
            CRC32 crc = new CRC32();
            crc.update(type);
            entry.setCrc(crc.getValue());
            zip.putNextEntry(entry);
            zip.write(type);
            zip.putNextEntry(new ZipEntry("content.xml"));
        }
        Path file = Files.write(folder.resolve("odt"), bytes.toByteArray());
        assertThat(ContentTypes.detect(file, Optional.empty(), Optional.empty()))
                .isEqualTo("application/vnd.oasis.opendocument.text");
    }

    private String type(String... names) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (String name : names) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write(name.getBytes(StandardCharsets.UTF_8));
            }
        }
        Path file = Files.write(folder.resolve("zip"), bytes.toByteArray());
        return ContentTypes.detect(file, Optional.empty(), Optional.empty());
    }
}
