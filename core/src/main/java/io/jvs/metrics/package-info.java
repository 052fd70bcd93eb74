/**
 * What Micrometer is told; {@link io.jvs.metrics.JvsMetrics} is the only class that sees it.
 * Applications without Micrometer never load it.
 */
@NullMarked
package io.jvs.metrics;

import org.jspecify.annotations.NullMarked;
