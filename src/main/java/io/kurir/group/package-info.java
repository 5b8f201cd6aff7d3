/** Groups: their members, their admins, what happens to them. */
@NullMarked
package io.kurir.group;

import org.jspecify.annotations.NullMarked;
