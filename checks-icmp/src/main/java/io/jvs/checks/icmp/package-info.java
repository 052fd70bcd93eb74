/**
 * Health checks by ICMP echo over unprivileged ping sockets, as Linux has them. Start at {@link
 * io.jvs.checks.icmp.IcmpEcho}. {@code EchoCodec} knows the bytes, {@code PingSocket} the kernel,
 * {@code PingPoller} waits in one thread on behalf of all tries.
 */
@NullMarked
package io.jvs.checks.icmp;

import org.jspecify.annotations.NullMarked;
