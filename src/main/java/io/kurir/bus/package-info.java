/** The event bus: addresses, their payloads, and how a consumer answers. */
@NullMarked
package io.kurir.bus;

import org.jspecify.annotations.NullMarked;
