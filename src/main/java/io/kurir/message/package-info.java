/** Messages: accepted, sent, acknowledged, retried, found again. */
@NullMarked
package io.kurir.message;

import org.jspecify.annotations.NullMarked;
