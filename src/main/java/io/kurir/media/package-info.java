/** The files of messages: where they come from, what they are, where they are kept. */
@NullMarked
package io.kurir.media;

import org.jspecify.annotations.NullMarked;
