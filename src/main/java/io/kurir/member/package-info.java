/** What programs that have joined the cluster may ask for, at the public addresses of the bus. */
@NullMarked
package io.kurir.member;

import org.jspecify.annotations.NullMarked;
