/** Who did what that changed who may act, or destroyed data. */
@NullMarked
package io.kurir.audit;

import org.jspecify.annotations.NullMarked;
