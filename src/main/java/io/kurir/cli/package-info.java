/** The command line: reads what is asked, starts and stops the parts in order, talks to the person at the terminal. */
@NullMarked
package io.kurir.cli;

import org.jspecify.annotations.NullMarked;
