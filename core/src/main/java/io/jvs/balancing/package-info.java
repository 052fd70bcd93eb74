/**
 * The run-time state of one virtual service: who is chosen, who counts, who is told.
 *
 * <p>Start reading at {@link io.jvs.balancing.LoadBalancer}. Flows are admitted by any thread
 * without locks; changes run one at a time on the control side and become visible all at once, as a
 * new published generation.
 */
@NullMarked
package io.jvs.balancing;

import org.jspecify.annotations.NullMarked;
