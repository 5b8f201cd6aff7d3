package io.kurir.bus;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Records ↔ bytes, between nodes: the length of the class's name (4 bytes), the name, JSON. The class must be one of ours, so that no peer can make
 * another one come to life.
 */
final class Records {
    static final String OURS = "io.kurir.";

    private static final ObjectMapper JSON = JsonMapper.builder()
            .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
            // the previous release must understand the next one: new fields are no reason to refuse
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addModule(new Jdk8Module())
            .addModule(new WireTypes())
            .setDefaultTyping(new SealedTypes())
            .build();

    private Records() {}

    static byte[] write(Object body) {
        byte[] type = body.getClass().getName().getBytes(StandardCharsets.UTF_8);
        try {
            byte[] json = JSON.writeValueAsBytes(body);
            return ByteBuffer.allocate(Integer.BYTES + type.length + json.length)
                    .putInt(type.length)
                    .put(type)
                    .put(json)
                    .array();
        } catch (JsonProcessingException wrong) {
            throw new IllegalArgumentException(
                    "not a wire record: " + body.getClass().getName(), wrong);
        }
    }

    /** Throws IllegalArgumentException for what this release does not know. */
    static Object read(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int length = bytes.length < Integer.BYTES ? -1 : buffer.getInt();
        if (length < 0 || length > buffer.remaining()) {
            throw new IllegalArgumentException("not a record on the wire");
        }
        String type = new String(bytes, Integer.BYTES, length, StandardCharsets.UTF_8);
        if (!type.startsWith(OURS)) {
            throw new IllegalArgumentException("not a class of ours on the wire: " + type);
        }
        int at = Integer.BYTES + length;
        try {
            return JSON.readValue(bytes, at, bytes.length - at, Class.forName(type));
        } catch (IOException | ClassNotFoundException | LinkageError wrong) {
            throw new IllegalArgumentException("cannot read " + type + " from the wire", wrong);
        }
    }
}
