/** The connection to PostgreSQL, its migrations, and the embedded databases. */
@NullMarked
package io.kurir.db;

import org.jspecify.annotations.NullMarked;
