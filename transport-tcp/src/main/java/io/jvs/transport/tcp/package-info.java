/**
 * Userspace NAT for TCP: accepts a client, asks the load balancer for a real server, connects to it
 * and relays bytes.
 *
 * <p>Start reading at {@link io.jvs.transport.tcp.TcpTransport}, then {@code ProxiedConnection}:
 * who is connected to whom, and what happens when that fails; it knows no sockets. Below it is the
 * seam {@code RelayEngine}: sockets and bytes; it knows no policies. Behind it are {@code
 * EpollEngine} and {@code IoUringEngine}, the fast ones ({@code NativeSide} is their heart), and
 * {@code NettyEngine}, the portable one.
 *
 * <p>Everything that happens to one connection happens on one event loop, the one that accepted it,
 * so nothing there is synchronized. What connections share says so itself. The control side may be
 * any thread but an event loop.
 */
@NullMarked
package io.jvs.transport.tcp;

import org.jspecify.annotations.NullMarked;
