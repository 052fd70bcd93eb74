package io.jvs.launcher.configuration;

import io.jvs.transport.tcp.TcpEngine;
import io.jvs.transport.tcp.WhenFull;
import org.jspecify.annotations.Nullable;

/**
 * How the TCP transport is set up; null leaves a value to the transport.
 *
 * @param threads event loops, 1 to 1024
 * @param backlog clients that may wait for being accepted, 1 to 1000000
 * @param maxConnections of all services together, 1 to 10000000
 * @param whenFull what clients beyond that meet
 * @param engine what moves the bytes
 */
public record TcpSettings(
    @Nullable Integer threads,
    @Nullable Integer backlog,
    @Nullable Integer maxConnections,
    @Nullable WhenFull whenFull,
    @Nullable TcpEngine engine) {
  /** All as the transport thinks best. */
  public static final TcpSettings DEFAULT = new TcpSettings(null, null, null, null, null);
}
