package io.kurir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.http.Problem.Detail;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class SchemaTest {
    private static final Schema SCHEMA = new Schema(new JsonObject("""
            {
              "type": "object",
              "required": ["message"],
              "additionalProperties": false,
              "properties": {
                "message": {"type": "string", "maxLength": 5},
                "count": {"type": "integer", "minimum": 1},
                "items": {
                  "type": "array",
                  "items": {
                    "type": "object",
                    "required": ["to"],
                    "additionalProperties": false,
                    "properties": {"to": {"type": "string"}}
                  }
                }
              }
            }
            """));

    private static List<Detail> check(String json) {
        return SCHEMA.check(Schema.BODY, new JsonObject(json));
    }

    @Test
    void allowsWhatFits() {
        assertThat(check("{\"message\":\"hello\",\"items\":[{\"to\":\"a\"}]}")).isEmpty();
    }

    @Test
    void tellsEveryFieldOnce() {
        assertThat(check("{\"message\":\"too long\",\"count\":0,\"extra\":1}"))
                .containsExactlyInAnyOrder(
                        new Detail("message", "must have at most 5 characters"),
                        new Detail("count", "must be at least 1"),
                        new Detail("extra", "is not known"));
    }

    @Test
    void tellsWhatIsMissingAndWhere() {
        assertThat(check("{\"items\":[{\"to\":\"a\"},{\"no\":1}]}"))
                .containsExactlyInAnyOrder(
                        new Detail("message", "is missing"),
                        new Detail("items[1].to", "is missing"),
                        new Detail("items[1].no", "is not known"));
    }

    @Test
    void tellsTheType() {
        assertThat(check("{\"message\":7}")).containsExactly(new Detail("message", "must be string"));
        assertThat(SCHEMA.check(Schema.BODY, "text")).containsExactly(new Detail("body", "must be object"));
    }

    @Test
    void countsCharactersNotHalves() {
        assertThat(check("{\"message\":\"\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00\\ud83d\\ude00\"}"))
                .isEmpty();
    }

    @Test
    void refusesWhatPostgresCannotStore() {
        assertThat(check("{\"message\":\"a\\u0000b\"}"))
                .containsExactly(new Detail("message", "has a character that cannot be stored"));
        assertThat(check("{\"message\":\"\\ud83d\"}"))
                .containsExactly(new Detail("message", "has a character that cannot be stored"));
        assertThat(check("{\"message\":\"a\",\"items\":[{\"to\":\"\\u0000\"}]}"))
                .containsExactly(new Detail("items[0].to", "has a character that cannot be stored"));
    }
}
