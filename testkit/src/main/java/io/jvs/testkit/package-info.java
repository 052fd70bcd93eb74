/**
 * What services and policies built on JVS are tested with; JVS itself is tested with it too.
 *
 * <p>Start reading at {@link io.jvs.testkit.Simulation}, a seeded world on virtual time over the
 * real load balancer. {@link io.jvs.testkit.ManualTicker} and {@link io.jvs.testkit.ManualExecutor}
 * make time stand still; {@link io.jvs.testkit.FakeServer} is a real TCP server that misbehaves on
 * command; {@link io.jvs.testkit.SchedulerContract} and {@link io.jvs.testkit.TransportContract}
 * are tests to inherit for own policies and transports; {@link io.jvs.testkit.Picks} says how
 * fairly a policy spreads flows; {@link io.jvs.testkit.JvsExtension} hands all of it to JUnit 5
 * tests and cleans up.
 */
@NullMarked
package io.jvs.testkit;

import org.jspecify.annotations.NullMarked;
