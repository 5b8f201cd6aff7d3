/** Settings that are stored in the database and take effect while Kurir runs. */
@NullMarked
package io.kurir.config;

import org.jspecify.annotations.NullMarked;
