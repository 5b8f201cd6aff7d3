/** The scheduler: promotes what became due, and does the chores. */
@NullMarked
package io.kurir.schedule;

import org.jspecify.annotations.NullMarked;
