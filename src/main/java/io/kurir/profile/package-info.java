/** What is known of devices' profiles beyond the folders that they lie in: which one was opened last. */
@NullMarked
package io.kurir.profile;

import org.jspecify.annotations.NullMarked;
