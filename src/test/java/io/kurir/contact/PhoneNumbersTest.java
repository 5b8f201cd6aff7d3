package io.kurir.contact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kurir.http.Problem;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PhoneNumbersTest {

    @ParameterizedTest
    @CsvSource({
        "+62 812-3456-7890, 6281234567890@c.us",
        "6281234567890, 6281234567890@c.us",
        "081234567890, 6281234567890@c.us",
        "+1 (650) 253-0000, 16502530000@c.us",
        "6281234567890@s.whatsapp.net, 6281234567890@c.us",
        "6281234567890:12@s.whatsapp.net, 6281234567890@c.us",
        "6281234567890@c.us, 6281234567890@c.us",
        "123456789012345@lid, 123456789012345@lid",
        "120363041234567890@g.us, 120363041234567890@g.us",
        "6281234567890-1600000000@g.us, 6281234567890-1600000000@g.us",
    })
    void readsEveryFormThatPeopleWrite(String written, String jid) {
        assertThat(PhoneNumbers.recipient("to", written, "ID")).hasToString(jid);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "hello",
                "+",
                "12",
                "+62",
                "@c.us",
                "628@",
                "status@broadcast",
                "628123456789@evil.example",
                "0",
                "+999999999999999999999",
                "6281234'; drop table device; --",
                "６２８１２３４５６７８９０x"
            })
    void refusesWhatIsNoNumberAndNamesTheField(String written) {
        assertThatThrownBy(() -> PhoneNumbers.recipient("to", written, "ID"))
                .isInstanceOfSatisfying(Problem.class, problem -> {
                    assertThat(problem.code()).isEqualTo(Problem.Code.INVALID_PAYLOAD);
                    assertThat(problem.details().getFirst().field()).isEqualTo("to");
                });
    }
}
