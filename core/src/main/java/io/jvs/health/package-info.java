/**
 * Verdicts: whether real servers work.
 *
 * <p>Start reading at {@link io.jvs.health.HealthMonitor}. Probes are asynchronous; the verdict is
 * a pure function of their results, {@link io.jvs.health.HealthState}.
 */
@NullMarked
package io.jvs.health;

import org.jspecify.annotations.NullMarked;
