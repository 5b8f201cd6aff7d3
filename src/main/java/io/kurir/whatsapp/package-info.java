/**
 * The port to WhatsApp: what a device's page can be asked ({@link io.kurir.whatsapp.Command}) and what it tells
 * ({@link io.kurir.whatsapp.PageEvent}). No type of a browser is known here.
 */
@NullMarked
package io.kurir.whatsapp;

import org.jspecify.annotations.NullMarked;
