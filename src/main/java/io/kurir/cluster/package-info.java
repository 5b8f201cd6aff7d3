/** Ownership of devices: leases, epochs and the nodes that hold them. */
@NullMarked
package io.kurir.cluster;

import org.jspecify.annotations.NullMarked;
