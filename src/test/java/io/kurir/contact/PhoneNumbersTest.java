package io.kurir.contact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.i18n.phonenumbers.PhoneNumberUtil;
import io.kurir.http.Problem;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
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

    /** Whatever number of the country and however it is written: one person, one id; and an id is read as itself. */
    @ParameterizedTest
    @CsvSource({"ID, 62, 8, 9, 11", "DE, 49, 15, 9, 9", "US, 1, 650, 7, 7", "SG, 65, 9, 7, 7"})
    void everyFormOfANumberIsTheSame(String country, String code, String begin, int fewest, int most) {
        Random random = new Random(42); // the same numbers in every run
        for (int round = 0; round < 500; round++) {
            String national = begin;
            int more = fewest + random.nextInt(most - fewest + 1);
            for (int i = 0; i < more; i++) {
                national += i == 0 ? 2 + random.nextInt(8) : random.nextInt(10);
            }
            String digits = code + national;
            String expected = digits + "@c.us";
            for (String written : forms(code, national, country, random)) {
                assertThat(PhoneNumbers.recipient("to", written, country))
                        .as(written)
                        .hasToString(expected);
                assertThat(PhoneNumbers.person("to", " " + written + " ", country))
                        .hasToString(expected);
            }
        }
    }

    private static List<String> forms(String code, String national, String country, Random random) {
        String digits = code + national;
        int cut = 2 + random.nextInt(national.length() - 3);
        String apart = national.substring(0, cut)
                + List.of(" ", "-", ".", ") ").get(random.nextInt(4))
                + national.substring(cut);
        String prefix = PhoneNumberUtil.getInstance().getNddPrefixForRegion(country, true);
        return List.of(
                digits,
                "+" + digits,
                "+" + code + " " + apart,
                "0".equals(prefix) ? "0" + apart : "+" + code + apart,
                digits + "@c.us",
                digits + "@C.US",
                "+" + digits + "@c.us",
                digits + "@s.whatsapp.net",
                digits + ":" + random.nextInt(99) + "@s.whatsapp.net",
                digits + "_1:" + random.nextInt(99) + "@s.whatsapp.net",
                "0".equals(prefix) ? "0" + national + "@s.whatsapp.net" : digits + "@c.us");
    }

    @Test
    void aGroupsIdNeedsNoServer() {
        assertThat(PhoneNumbers.group("groupId", "120363041234567890")).hasToString("120363041234567890@g.us");
        assertThat(PhoneNumbers.group("groupId", " 120363041234567890@G.us")).hasToString("120363041234567890@g.us");
        assertThat(PhoneNumbers.group("groupId", "6281234567890-1600000000"))
                .hasToString("6281234567890-1600000000@g.us");
        for (String wrong :
                List.of("", "12", "@g.us", "6281234567890@c.us", "a@g.us", "1203630-1-2@g.us", "1203 630@g.us")) {
            assertThatThrownBy(() -> PhoneNumbers.group("groupId", wrong))
                    .as(wrong)
                    .isInstanceOfSatisfying(
                            Problem.class,
                            problem -> assertThat(problem.details().getFirst().field())
                                    .isEqualTo("groupId"));
        }
        assertThatThrownBy(() -> PhoneNumbers.person("to", "120363041234567890@g.us", "ID"))
                .isInstanceOf(Problem.class);
    }
}
