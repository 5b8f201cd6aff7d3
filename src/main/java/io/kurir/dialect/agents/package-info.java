/** The dialect of the agents' service (004): sessions of agents that belong to users of another system. Translates only. */
@NullMarked
package io.kurir.dialect.agents;

import org.jspecify.annotations.NullMarked;
