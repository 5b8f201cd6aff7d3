/** The scheduler: promotes what became due. */
@NullMarked
package io.kurir.schedule;

import org.jspecify.annotations.NullMarked;
