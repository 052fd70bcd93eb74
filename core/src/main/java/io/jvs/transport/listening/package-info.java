/**
 * Where transports in userspace listen, and why they cannot: what TCP and UDP have in common of
 * that. No sockets here; exported to the transports alone.
 *
 * <p>Start reading at {@link io.jvs.transport.listening.ServiceSockets}.
 */
@NullMarked
package io.jvs.transport.listening;

import org.jspecify.annotations.NullMarked;
