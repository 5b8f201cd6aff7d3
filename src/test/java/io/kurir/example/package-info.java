/** Programs as somebody writes them who has nothing of Kurir but {@code kurir-client.jar}. */
@NullMarked
package io.kurir.example;

import org.jspecify.annotations.NullMarked;
