/**
 * What things cost, beside what they could cost at least.
 *
 * <p>Start reading at {@link io.jvs.benchmarks.AdmitComparison}, which runs {@link
 * io.jvs.benchmarks.AdmitBenchmark} and prints a table.
 */
@NullMarked
package io.jvs.benchmarks;

import org.jspecify.annotations.NullMarked;
