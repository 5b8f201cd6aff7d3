/** For programs outside: sending, following and answering over the cluster's event bus. Needs vertx-core and nothing of the server. */
@NullMarked
package io.kurir.client;

import org.jspecify.annotations.NullMarked;
