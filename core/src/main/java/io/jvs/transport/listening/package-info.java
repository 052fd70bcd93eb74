/**
 * Where transports in userspace listen and why they cannot, what their options may say, and how a
 * service and its load balancer hear of each other: what TCP and UDP have in common. No sockets
 * here; exported to the transports alone.
 *
 * <p>Start reading at {@link io.jvs.transport.listening.ServiceSockets}.
 */
@NullMarked
package io.jvs.transport.listening;

import org.jspecify.annotations.NullMarked;
