/** What {@code kurir demo} does once everything runs: it links two devices over the public API and shows how to go on. */
@NullMarked
package io.kurir.cli.demo;

import org.jspecify.annotations.NullMarked;
