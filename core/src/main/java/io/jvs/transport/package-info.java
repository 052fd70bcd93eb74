/**
 * The one door to the outside: what carries the packets of virtual services.
 *
 * <p>Start reading at {@link io.jvs.transport.Transport}. {@link io.jvs.transport.Gate} is what
 * transports in userspace ask before they ask a load balancer: access lists and limits. What they
 * tell of their connections is the same for all: {@link io.jvs.transport.LiveConnection} and {@link
 * io.jvs.transport.ClosedConnection}.
 */
@NullMarked
package io.jvs.transport;

import org.jspecify.annotations.NullMarked;
