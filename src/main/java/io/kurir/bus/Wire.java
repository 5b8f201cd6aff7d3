package io.kurir.bus;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Carries records over the bus: as they are within a JVM (records do not change), as JSON between JVMs. The class is named on the wire
 * and must be one of ours, so that no peer can make another one come to life.
 */
final class Wire implements MessageCodec<Object, Object> {
    static final String NAME = "kurir";
    static final String OURS = "io.kurir.";

    private static final ObjectMapper JSON = JsonMapper.builder()
            .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
            // the previous release must understand the next one: new fields are no reason to refuse
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addModule(new Jdk8Module())
            .addModule(new WireTypes())
            .setDefaultTyping(new SealedTypes())
            .build();

    @Override
    public void encodeToWire(Buffer buffer, Object body) {
        byte[] type = body.getClass().getName().getBytes(StandardCharsets.UTF_8);
        try {
            byte[] json = JSON.writeValueAsBytes(body);
            buffer.appendInt(type.length)
                    .appendBytes(type)
                    .appendInt(json.length)
                    .appendBytes(json);
        } catch (JsonProcessingException wrong) {
            throw new IllegalArgumentException(
                    "not a wire record: " + body.getClass().getName(), wrong);
        }
    }

    @Override
    public Object decodeFromWire(int start, Buffer buffer) {
        int at = start;
        int typeLength = buffer.getInt(at);
        String type = buffer.getString(at += 4, at + typeLength);
        int length = buffer.getInt(at += typeLength);
        at += 4;
        if (!type.startsWith(OURS)) {
            throw new IllegalArgumentException("not a class of ours on the wire: " + type);
        }
        try {
            return JSON.readValue(buffer.getBytes(at, at + length), Class.forName(type));
        } catch (IOException | ClassNotFoundException wrong) {
            throw new IllegalArgumentException("cannot read " + type + " from the wire", wrong);
        }
    }

    @Override
    public Object transform(Object body) {
        return body;
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
