/**
 * Pictures of how policies spread load, for docs/schedulers.md: drawn from a simulation in virtual
 * time of the load balancer itself, so that the same code gives the same picture.
 *
 * <p>Start reading at {@link io.jvs.benchmarks.pictures.SchedulerPictures}.
 */
@NullMarked
package io.jvs.benchmarks.pictures;

import org.jspecify.annotations.NullMarked;
