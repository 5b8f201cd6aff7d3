/** Who said stop, and is not written to any more but in reply. */
@NullMarked
package io.kurir.suppression;

import org.jspecify.annotations.NullMarked;
