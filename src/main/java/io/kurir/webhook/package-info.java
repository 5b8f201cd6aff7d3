/** Webhooks: events told by HTTP to whoever subscribed, at least once, in order per chat. */
@NullMarked
package io.kurir.webhook;

import org.jspecify.annotations.NullMarked;
