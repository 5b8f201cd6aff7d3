/** The simulated WhatsApp: its network, its phones, and the page that stands for WhatsApp Web. Nothing here leaves the machine. */
@NullMarked
package io.kurir.simulator;

import org.jspecify.annotations.NullMarked;
