/** Deleting what is known of a person, or of a device, wherever it is kept. */
@NullMarked
package io.kurir.erasure;

import org.jspecify.annotations.NullMarked;
