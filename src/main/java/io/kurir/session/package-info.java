/** Devices: their life, their sessions, and the workers that own them. */
@NullMarked
package io.kurir.session;

import org.jspecify.annotations.NullMarked;
