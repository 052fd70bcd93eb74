/** In-band health and failover with resilience4j. */
@NullMarked
package io.jvs.resilience;

import org.jspecify.annotations.NullMarked;
