/** What the words of the systems before Kurir have in common; each dialect is a package below this one, and translates only. */
@NullMarked
package io.kurir.dialect;

import org.jspecify.annotations.NullMarked;
