/** The HTTP side: the contract, who may call it, and how answers and refusals are rendered. */
@NullMarked
package io.kurir.http;

import org.jspecify.annotations.NullMarked;
