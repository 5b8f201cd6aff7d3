/** Benchmarks, each with all that it needs: {@code bin/bench} lists them. */
@NullMarked
package io.kurir.bench;

import org.jspecify.annotations.NullMarked;
