/**
 * Weights that follow load: what servers tell about themselves, and how far to believe it at once.
 *
 * <p>Start reading at {@link io.jvs.feedback.WeightFeedback}, the arithmetic, which knows no time
 * and no thread. {@link io.jvs.feedback.LoadReports} is for applications whose servers report their
 * load in responses. {@code io.jvs.health.HealthMonitor} makes the rounds.
 */
@NullMarked
package io.jvs.feedback;

import org.jspecify.annotations.NullMarked;
