/** A person before the dashboard: what tests and benches see of it in a real Chromium. */
@NullMarked
package io.kurir.dashboard;

import org.jspecify.annotations.NullMarked;
