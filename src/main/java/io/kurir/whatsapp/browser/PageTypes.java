package io.kurir.whatsapp.browser;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.kurir.whatsapp.Ack;
import io.kurir.whatsapp.Content;
import io.kurir.whatsapp.Jid;
import java.io.IOException;
import java.time.Instant;

/** How the port's types look in the page: ids as WhatsApp writes them, times in ms, acks as WhatsApp's numbers, contents named by {@code is}. */
final class PageTypes extends SimpleModule {

    PageTypes() {
        super("kurir-page");
        addSerializer(Jid.class, new JidWriter());
        addDeserializer(Jid.class, new JidReader());
        addDeserializer(Instant.class, new InstantReader());
        addDeserializer(Ack.class, new AckReader());
        addDeserializer(Content.class, new ContentReader());
    }

    private static final class JidWriter extends StdSerializer<Jid> {
        JidWriter() {
            super(Jid.class);
        }

        @Override
        public void serialize(Jid value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(value.toString());
        }
    }

    private static final class JidReader extends StdDeserializer<Jid> {
        JidReader() {
            super(Jid.class);
        }

        @Override
        public Jid deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return Jid.parse(in.getText());
        }
    }

    private static final class InstantReader extends StdDeserializer<Instant> {
        InstantReader() {
            super(Instant.class);
        }

        @Override
        public Instant deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return Instant.ofEpochMilli(in.getLongValue());
        }
    }

    private static final class AckReader extends StdDeserializer<Ack> {
        AckReader() {
            super(Ack.class);
        }

        @Override
        public Ack deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return Wire.ack(in.getIntValue());
        }
    }

    private static final class ContentReader extends StdDeserializer<Content> {
        ContentReader() {
            super(Content.class);
        }

        @Override
        public Content deserialize(JsonParser in, DeserializationContext context) throws IOException {
            JsonNode content = context.readTree(in);
            Class<? extends Content> type = switch (content.path("is").asText()) {
                case "text" -> Content.Text.class;
                case "media" -> Content.Media.class;
                case "location" -> Content.Location.class;
                case "contacts" -> Content.Contacts.class;
                case "poll" -> Content.Poll.class;
                default -> Content.Other.class;
            };
            return context.readTreeAsValue(content, type);
        }
    }
}
