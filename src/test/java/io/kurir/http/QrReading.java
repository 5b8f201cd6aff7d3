package io.kurir.http;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.ReaderException;
import com.google.zxing.client.j2se.BufferedImageLuminanceSource;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/** What a phone reads in a picture of a QR code. */
public final class QrReading {
    private QrReading() {}

    /** {@code png} in base64, with or without {@code data:image/png;base64,}. */
    public static String text(String png) {
        byte[] bytes = Base64.getDecoder().decode(png.substring(png.indexOf(',') + 1));
        try {
            var picture = new BufferedImageLuminanceSource(ImageIO.read(new ByteArrayInputStream(bytes)));
            return new QRCodeReader()
                    .decode(new BinaryBitmap(new HybridBinarizer(picture)))
                    .getText();
        } catch (IOException | ReaderException e) {
            throw new AssertionError("no QR code can be read in it", e);
        }
    }
}
