/** The whole of an installation in one encrypted file, and back. */
@NullMarked
package io.kurir.backup;

import org.jspecify.annotations.NullMarked;
