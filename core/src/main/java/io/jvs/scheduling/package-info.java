/**
 * Policies: who chooses the real server for a new flow.
 *
 * <p>Start reading at {@link io.jvs.scheduling.Scheduler}; {@link io.jvs.scheduling.Schedulers} has
 * the built-in ones by name. Preparing and updating happen on the control side, one call at a time;
 * selecting is done by any thread and neither blocks nor locks.
 */
@NullMarked
package io.jvs.scheduling;

import org.jspecify.annotations.NullMarked;
