/** Kurir: the entry point and the settings. */
@NullMarked
package io.kurir;

import org.jspecify.annotations.NullMarked;
