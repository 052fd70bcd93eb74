@NullMarked
package io.jvs.benchmarks.soak;

import org.jspecify.annotations.NullMarked;
