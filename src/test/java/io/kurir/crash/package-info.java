/** Kurir under {@code kill -9}: real processes, killed in the middle of their work, and what became of every message afterwards. */
@NullMarked
package io.kurir.crash;

import org.jspecify.annotations.NullMarked;
