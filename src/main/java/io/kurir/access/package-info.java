/** Who may call: users, API keys, login sessions, and what each can reach. */
@NullMarked
package io.kurir.access;

import org.jspecify.annotations.NullMarked;
