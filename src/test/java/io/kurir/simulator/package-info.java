/** Tests of the simulated network, with a plain WebSocket client in the place of the page. */
@NullMarked
package io.kurir.simulator;

import org.jspecify.annotations.NullMarked;
