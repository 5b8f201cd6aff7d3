package io.kurir.http;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.EncodeHintType;
import com.google.zxing.WriterException;
import com.google.zxing.client.j2se.MatrixToImageWriter;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.QRCodeWriter;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Map;

/** A QR code as a picture. */
public final class QrPicture {
    private static final int PIXELS = 320;

    /** Four modules of white around the code, as the standard asks. */
    private static final Map<EncodeHintType, ?> HINTS = Map.of(EncodeHintType.MARGIN, 4);

    private QrPicture() {}

    /** {@code data:image/png;base64,…} */
    public static String pngDataUrl(String text) {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        try {
            MatrixToImageWriter.writeToStream(matrix(text, PIXELS), "png", png);
        } catch (IOException e) {
            throw new IllegalStateException(e); // memory does not fail to be written
        }
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(png.toByteArray());
    }

    /** One path of squares, one unit per module, so that it is sharp at any size. */
    public static Buffer svg(String text) {
        BitMatrix matrix = matrix(text, 0);
        StringBuilder path = new StringBuilder();
        for (int y = 0; y < matrix.getHeight(); y++) {
            for (int x = 0; x < matrix.getWidth(); x++) {
                if (matrix.get(x, y)) {
                    path.append('M').append(x).append(' ').append(y).append("h1v1h-1z");
                }
            }
        }
        return Buffer.buffer("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" shape-rendering="crispEdges">\
                <rect width="100%%" height="100%%" fill="#fff"/><path d="%s"/></svg>
                """.formatted(matrix.getWidth(), matrix.getHeight(), PIXELS, PIXELS, path));
    }

    private static BitMatrix matrix(String text, int pixels) {
        try {
            return new QRCodeWriter().encode(text, BarcodeFormat.QR_CODE, pixels, pixels, HINTS);
        } catch (WriterException e) {
            throw new IllegalStateException("A QR text is too long for a code: " + text.length(), e);
        }
    }
}
