/** The way of a request through the nodes, for OpenTelemetry. */
@NullMarked
package io.kurir.trace;

import org.jspecify.annotations.NullMarked;
