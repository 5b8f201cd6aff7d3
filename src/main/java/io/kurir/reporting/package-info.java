/** What is read of many devices at once, and the API of a single device: both for clients that were written for the systems before Kurir. */
@NullMarked
package io.kurir.reporting;

import org.jspecify.annotations.NullMarked;
