/** Calls to URLs that somebody gave us: guarded, bounded in time and size. */
@NullMarked
package io.kurir.outbound;

import org.jspecify.annotations.NullMarked;
