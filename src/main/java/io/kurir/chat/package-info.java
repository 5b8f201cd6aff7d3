/** Chats as a whole: their list, their history, their days, and what pages tell of the people in them. */
@NullMarked
package io.kurir.chat;

import org.jspecify.annotations.NullMarked;
