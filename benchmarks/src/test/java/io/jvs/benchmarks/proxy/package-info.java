@NullMarked
package io.jvs.benchmarks.proxy;

import org.jspecify.annotations.NullMarked;
