/** Who answers incoming messages by itself: chatbots and AI agents, each message once, within limits. */
@NullMarked
package io.kurir.agent;

import org.jspecify.annotations.NullMarked;
