package io.kurir.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kurir.http.Problem;
import io.kurir.whatsapp.Jid;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MentionsTest {
    private static final List<Jid> TWO = List.of(Jid.ofPhone("62811"), Jid.parse("777@lid"));

    @ParameterizedTest
    @CsvSource({
        "hello {m1},hello @62811",
        "{mention2} and {mention1},@777 and @62811",
        "{mention[0]}{mention[1]},@62811@777",
        "all: {mentions}!,all: @62811 @777!",
        "nobody,nobody",
        "{m} {mention} {mx} {M1} {mention[]},{m} {mention} {mx} {M1} {mention[]}"
    })
    void placeholdersBecomeNumbers(String text, String written) {
        assertThat(Mentions.write("message", text, TWO)).isEqualTo(written);
    }

    @ParameterizedTest
    @CsvSource({"{m3}", "{m0}", "{mention3}", "{mention[2]}", "{m9999}"})
    void moreThanThereAreIsRefused(String text) {
        assertThatThrownBy(() -> Mentions.write("message", text, TWO))
                .isInstanceOfSatisfying(Problem.class, problem -> {
                    assertThat(problem.code()).isEqualTo(Problem.Code.INVALID_PAYLOAD);
                    assertThat(problem.details().getFirst().field()).isEqualTo("message");
                });
    }

    @Test
    void withoutMentionsATextStaysWhatItIs() {
        assertThat(Mentions.write("message", "use {m1} and $1", List.of())).isEqualTo("use {m1} and $1");
    }
}
