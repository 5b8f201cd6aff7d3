package io.kurir.whatsapp.browser;

import io.kurir.whatsapp.Rig;
import io.kurir.whatsapp.WhatsApp;
import io.kurir.whatsapp.WhatsAppConformance;
import org.junit.jupiter.api.Nested;

/** The port's promises in a real Chromium with the real wa-js, in the four ways in which WhatsApp may behave. */
class ChromiumConformanceIT {

    @Nested
    class ChatsByNumberRepeatsDropped extends InChromium {
        ChatsByNumberRepeatsDropped() {
            super(false, true);
        }
    }

    @Nested
    class ChatsByNumberRepeatsShown extends InChromium {
        ChatsByNumberRepeatsShown() {
            super(false, false);
        }
    }

    @Nested
    class ChatsByLidRepeatsDropped extends InChromium {
        ChatsByLidRepeatsDropped() {
            super(true, true);
        }
    }

    @Nested
    class ChatsByLidRepeatsShown extends InChromium {
        ChatsByLidRepeatsShown() {
            super(true, false);
        }
    }

    abstract static class InChromium extends WhatsAppConformance {
        InChromium(boolean lidChats, boolean dropRepeatedIds) {
            super(lidChats, dropRepeatedIds);
        }

        @Override
        protected WhatsApp start(Rig rig) {
            return Rig.get(Browsers.launch(rig, Browsers.folder()));
        }
    }
}
