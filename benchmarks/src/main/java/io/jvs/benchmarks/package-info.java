/**
 * What things cost, beside what they could cost at least and what they cost elsewhere.
 *
 * <p>Start reading at {@link io.jvs.benchmarks.Comparison}, which runs {@link
 * io.jvs.benchmarks.ChoiceBenchmark} for every {@link io.jvs.benchmarks.Contender} and prints
 * tables. A new policy of ours is one line in {@code Row} and one in {@code Jvs}.
 */
@NullMarked
package io.jvs.benchmarks;

import org.jspecify.annotations.NullMarked;
