package io.kurir.proxy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;

/** The server's side of SOCKS5 (RFC 1928) as far as a browser needs it: no login, CONNECT by name or address. */
final class SocksHandshake {
    /** Where the client wants to go. */
    record Target(String host, int port) {}

    private static final byte VERSION = 5;
    private static final byte CONNECT = 1;
    private static final byte IPV4 = 1;
    private static final byte NAME = 3;
    private static final byte IPV6 = 4;

    private static final int GRANTED = 0;
    private static final int REFUSED = 5;
    private static final int NOT_SUPPORTED = 7;

    private enum Expected {
        GREETING,
        METHODS,
        REQUEST,
        NAME_LENGTH,
        ADDRESS
    }

    private final NetSocket socket;
    private final RecordParser parser;
    private final Promise<Target> promise = Promise.promise();
    private Expected expected = Expected.GREETING;
    private byte addressType;

    SocksHandshake(NetSocket socket) {
        this.socket = socket;
        this.parser = RecordParser.newFixed(2);
        parser.handler(this::heard);
        socket.handler(parser);
        socket.closeHandler(_ -> promise.tryFail("closed in the middle of the handshake"));
    }

    /** The client may speak to its target. */
    static Future<Void> grant(NetSocket client) {
        return client.write(reply(GRANTED));
    }

    /** The target cannot be reached. */
    static void refuse(NetSocket client) {
        client.write(reply(REFUSED)).eventually(client::close);
    }

    /** The bound address is of no use to the client: 0.0.0.0:0. */
    private static Buffer reply(int code) {
        return Buffer.buffer(new byte[] {VERSION, (byte) code, 0, IPV4, 0, 0, 0, 0, 0, 0});
    }

    /** Completes with the socket paused: nothing that the client says early is lost. */
    Future<Target> target() {
        return promise.future();
    }

    private void heard(Buffer bytes) {
        switch (expected) {
            case GREETING -> {
                if (bytes.getByte(0) != VERSION) {
                    socket.close();
                    return;
                }
                await(Expected.METHODS, bytes.getUnsignedByte(1));
            }
            case METHODS -> {
                socket.write(Buffer.buffer(new byte[] {VERSION, 0})); // no login
                await(Expected.REQUEST, 4);
            }
            case REQUEST -> requested(bytes);
            case NAME_LENGTH -> await(Expected.ADDRESS, bytes.getUnsignedByte(0) + 2);
            case ADDRESS -> addressed(bytes);
        }
    }

    private void requested(Buffer bytes) {
        addressType = bytes.getByte(3);
        if (bytes.getByte(1) != CONNECT) {
            notSupported();
            return;
        }
        switch (addressType) {
            case IPV4 -> await(Expected.ADDRESS, 4 + 2);
            case IPV6 -> await(Expected.ADDRESS, 16 + 2);
            case NAME -> await(Expected.NAME_LENGTH, 1);
            default -> notSupported();
        }
    }

    private void addressed(Buffer bytes) {
        int end = bytes.length() - 2;
        socket.pause();
        socket.handler(_ -> {});
        promise.tryComplete(new Target(host(bytes.getBytes(0, end)), bytes.getUnsignedShort(end)));
    }

    private String host(byte[] address) {
        if (addressType == NAME) {
            return new String(address, StandardCharsets.US_ASCII);
        }
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("an address of " + address.length + " bytes", impossible);
        }
    }

    private void notSupported() {
        socket.write(reply(NOT_SUPPORTED)).eventually(socket::close);
        promise.tryFail("not supported");
    }

    private void await(Expected next, int bytes) {
        expected = next;
        parser.fixedSizeMode(bytes);
    }
}
