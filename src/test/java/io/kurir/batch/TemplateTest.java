package io.kurir.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.kurir.http.Problem.Detail;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateTest {
    private static final JsonObject ANI = new JsonObject()
            .put("name", "Ani {x} $1")
            .put("nomor", 7)
            .put("kota.asal", "Solo")
            .put("nothing", (String) null);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Halo {name}!           | Halo Ani {x} $1!",
                "{nomor}/{nomor}        | 7/7",
                "{kota.asal}            | Solo",
                "{{name}}               | {name}",
                "{{ {name} }}           | {{ Ani {x} $1 }}",
                "{1} {} { name } {a b}  | {1} {} { name } {a b}",
                "no places              | no places"
            })
    void placesAreFilled(String template, String words) {
        assertThat(new Template(template).check("items[3].", ANI)).isEmpty();
        assertThat(new Template(template).fill(ANI)).isEqualTo(words);
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThat(new Template("{b} {name} {a} {b} {nothing} {{c}}").check("items[3].", ANI))
                .containsExactly(
                        new Detail("items[3].variables.a", "is missing"),
                        new Detail("items[3].variables.b", "is missing"),
                        new Detail("items[3].variables.nothing", "is missing"));
    }
}
