/** The event log: what happened, stored first, then published. */
@NullMarked
package io.kurir.event;

import org.jspecify.annotations.NullMarked;
