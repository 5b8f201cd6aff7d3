/** Many messages by one request: jobs and broadcasts. */
@NullMarked
package io.kurir.batch;

import org.jspecify.annotations.NullMarked;
