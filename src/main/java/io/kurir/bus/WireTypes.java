package io.kurir.bus;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/** How the few types that JSON does not know look on the wire: instants in ISO 8601, durations in ms. */
final class WireTypes extends SimpleModule {

    WireTypes() {
        super("kurir-wire");
        addSerializer(Instant.class, new InstantWriter());
        addDeserializer(Instant.class, new InstantReader());
        addSerializer(Duration.class, new DurationWriter());
        addDeserializer(Duration.class, new DurationReader());
        addSerializer(JsonObject.class, new JsonWriter());
        addDeserializer(JsonObject.class, new JsonReader());
    }

    private static final class InstantWriter extends StdSerializer<Instant> {
        InstantWriter() {
            super(Instant.class);
        }

        @Override
        public void serialize(Instant value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(value.toString());
        }
    }

    private static final class InstantReader extends StdDeserializer<Instant> {
        InstantReader() {
            super(Instant.class);
        }

        @Override
        public Instant deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return Instant.parse(in.getText());
        }
    }

    private static final class DurationWriter extends StdSerializer<Duration> {
        DurationWriter() {
            super(Duration.class);
        }

        @Override
        public void serialize(Duration value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeNumber(value.toMillis());
        }
    }

    private static final class DurationReader extends StdDeserializer<Duration> {
        DurationReader() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return Duration.ofMillis(in.getLongValue());
        }
    }

    private static final class JsonWriter extends StdSerializer<JsonObject> {
        JsonWriter() {
            super(JsonObject.class);
        }

        @Override
        public void serialize(JsonObject value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeRawValue(value.encode());
        }
    }

    private static final class JsonReader extends StdDeserializer<JsonObject> {
        JsonReader() {
            super(JsonObject.class);
        }

        @Override
        public JsonObject deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return new JsonObject(in.readValueAsTree().toString());
        }
    }
}
