/** The way of a device's traffic through a proxy of its owner's. */
@NullMarked
package io.kurir.proxy;

import org.jspecify.annotations.NullMarked;
