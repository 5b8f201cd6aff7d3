/** PostgreSQL and Redis that come along with Kurir, for who has none: real servers, durable, on loopback, behind passwords. */
@NullMarked
package io.kurir.db.embedded;

import org.jspecify.annotations.NullMarked;
