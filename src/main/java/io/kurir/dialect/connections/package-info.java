/** The dialect of the service "WhatsApp API" (001): connections, each with a token of its own. Translates only. */
@NullMarked
package io.kurir.dialect.connections;

import org.jspecify.annotations.NullMarked;
