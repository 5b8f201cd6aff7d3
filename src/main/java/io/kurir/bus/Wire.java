package io.kurir.bus;

import io.kurir.client.Seal;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;

/**
 * Carries records over the bus: as they are within a JVM (records do not change), sealed between JVMs. A frame is opened where its address is known,
 * by {@link Bus}; here nothing can fail that a stranger sends.
 */
final class Wire implements MessageCodec<Wire.Parcel, Object> {
    static final String NAME = "kurir";

    private final Seal seal;

    /** A record on its way to an address. */
    record Parcel(String address, Object body) {}

    /** A frame as it came from another JVM. */
    record Frame(Buffer content) {}

    Wire(Seal seal) {
        this.seal = seal;
    }

    @Override
    public void encodeToWire(Buffer buffer, Parcel parcel) {
        byte[] frame = seal.close(parcel.address(), Records.write(parcel.body()));
        buffer.appendInt(frame.length).appendBytes(frame);
    }

    @Override
    public Object decodeFromWire(int start, Buffer buffer) {
        int left = buffer.length() - start - Integer.BYTES;
        int length = left < 0 ? -1 : buffer.getInt(start);
        int at = start + Integer.BYTES;
        return new Frame(length < 0 || length > left ? Buffer.buffer() : buffer.getBuffer(at, at + length));
    }

    @Override
    public Object transform(Parcel parcel) {
        return parcel;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }
}
