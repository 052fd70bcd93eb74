@org.jspecify.annotations.NullMarked
package io.jvs.benchmarks.pictures;
