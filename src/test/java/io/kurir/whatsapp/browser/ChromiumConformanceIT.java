package io.kurir.whatsapp.browser;

import io.kurir.whatsapp.ChangeConformance;
import io.kurir.whatsapp.ContentConformance;
import io.kurir.whatsapp.Fixture;
import io.kurir.whatsapp.GroupConformance;
import io.kurir.whatsapp.HiddenNumberConformance;
import io.kurir.whatsapp.MediaConformance;
import io.kurir.whatsapp.PeopleConformance;
import io.kurir.whatsapp.Rig;
import io.kurir.whatsapp.WhatsAppConformance;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;

/**
 * The port's promises in a real Chromium with the real wa-js, in the ways in which WhatsApp may behave. All suites of a way share one browser and
 * one device.
 */
class ChromiumConformanceIT {

    @Nested
    class ChatsByNumberRepeatsDropped extends Everything {
        ChatsByNumberRepeatsDropped() {
            super(false, true);
        }
    }

    @Nested
    class ChatsByNumberRepeatsShown extends Sending {
        ChatsByNumberRepeatsShown() {
            super(false, false);
        }
    }

    @Nested
    class ChatsByLidRepeatsDropped extends Everything {
        ChatsByLidRepeatsDropped() {
            super(true, true);
        }

        @Nested
        class HiddenNumbers extends HiddenNumberConformance {
            @Override
            protected Fixture fixture() {
                return fixture;
            }
        }
    }

    @Nested
    class ChatsByLidRepeatsShown extends Sending {
        ChatsByLidRepeatsShown() {
            super(true, false);
        }
    }

    /** Where it matters whether a repeat shows. */
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    abstract static class Sending {
        final Fixture fixture;

        Sending(boolean lidChats, boolean dropRepeatedIds) {
            this.fixture =
                    new Fixture(lidChats, dropRepeatedIds, rig -> Rig.get(Browsers.launch(rig, Browsers.folder())));
        }

        @AfterAll
        void close() {
            fixture.close();
        }

        @Nested
        class Texts extends WhatsAppConformance {
            @Override
            protected Fixture fixture() {
                return fixture;
            }
        }

        @Nested
        class Files extends MediaConformance {
            @Override
            protected Fixture fixture() {
                return fixture;
            }
        }
    }

    abstract static class Everything extends Sending {
        Everything(boolean lidChats, boolean dropRepeatedIds) {
            super(lidChats, dropRepeatedIds);
        }

        @Nested
        class Contents extends ContentConformance {
            @Override
            protected Fixture fixture() {
                return fixture;
            }
        }

        @Nested
        class Changes extends ChangeConformance {
            @Override
            protected Fixture fixture() {
                return fixture;
            }
        }

        @Nested
        class Groups extends GroupConformance {
            @Override
            protected Fixture fixture() {
                return fixture;
            }
        }

        @Nested
        class People extends PeopleConformance {
            @Override
            protected Fixture fixture() {
                return fixture;
            }
        }
    }
}
