/**
 * In-band health: servers are judged by what becomes of real connections and calls ({@link
 * io.jvs.resilience.InBandHealth}), and calls go past those that fail ({@link
 * io.jvs.resilience.ResilientCalls}). Windows and half-open are resilience4j's; when to eject is a
 * pure function of what was counted ({@link io.jvs.resilience.Detector}).
 */
@NullMarked
package io.jvs.resilience;

import org.jspecify.annotations.NullMarked;
