/** Tests of what is drawn. */
@NullMarked
package io.jvs.benchmarks.pictures.health;

import org.jspecify.annotations.NullMarked;
