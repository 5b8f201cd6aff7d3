package io.kurir.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import org.junit.jupiter.api.Test;

class QrTextTest {
    private static final int PIXELS = 4;
    private static final int WHITE = 0xFFFFFF;

    @Test
    void whatIsDrawnCanBeScanned() throws Exception {
        var content = "2@" + "Ab9+/".repeat(40) + ",key,identity,secret,1";

        var lines = QrText.of(content).lines().toList();
        var width = lines.getFirst().length() * PIXELS;
        var height = lines.size() * 2 * PIXELS;
        var picture = new int[width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                var shape = lines.get(y / PIXELS / 2).charAt(x / PIXELS);
                var light = shape == '█' || shape == (y / PIXELS % 2 == 0 ? '▀' : '▄');
                picture[y * width + x] = light ? WHITE : 0;
            }
        }
        var source = new RGBLuminanceSource(width, height, picture);
        var read = new QRCodeReader().decode(new BinaryBitmap(new HybridBinarizer(source)));
        assertThat(read.getText()).isEqualTo(content);
    }
}
