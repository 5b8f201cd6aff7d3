/** People and their numbers. */
@NullMarked
package io.kurir.contact;

import org.jspecify.annotations.NullMarked;
