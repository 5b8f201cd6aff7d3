/** WhatsApp Web in Chromium: profiles, pages, and the traffic over the DevTools protocol. */
@NullMarked
package io.kurir.whatsapp.browser;

import org.jspecify.annotations.NullMarked;
