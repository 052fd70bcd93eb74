/**
 * A director under mixed load for a long time, with reloads: does anything grow?
 *
 * <p>Start reading at {@link io.jvs.benchmarks.soak.Soak}. Linux only: figures of the director's
 * process come from proc(5) and jcmd.
 */
@NullMarked
package io.jvs.benchmarks.soak;

import org.jspecify.annotations.NullMarked;
