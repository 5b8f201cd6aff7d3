/** What went on each day, and with whom. */
@NullMarked
package io.kurir.statistics;

import org.jspecify.annotations.NullMarked;
