/** 000, "WA Service": its accounts, jobs, broadcasts and configuration, in the terms of the features. No store, no bus, no clock. */
@NullMarked
package io.kurir.dialect.accounts;

import org.jspecify.annotations.NullMarked;
