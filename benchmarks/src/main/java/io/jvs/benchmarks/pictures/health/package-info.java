/**
 * What health checks, in-band detection, agents, panic and slow start do over time, on virtual
 * time: {@link io.jvs.benchmarks.pictures.health.HealthPictures} draws it for docs/health.md.
 */
@NullMarked
package io.jvs.benchmarks.pictures.health;

import org.jspecify.annotations.NullMarked;
