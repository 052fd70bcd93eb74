package io.jvs.launcher.configuration;

import io.jvs.transport.udp.UdpEngine;
import org.jspecify.annotations.Nullable;

/**
 * How the UDP transport is set up; null leaves a value to the transport.
 *
 * @param threads event loops, 1 to 1024
 * @param maxFlows of all services together, 1 to 10000000
 * @param engine what moves the datagrams
 */
public record UdpSettings(
    @Nullable Integer threads, @Nullable Integer maxFlows, @Nullable UdpEngine engine) {
  /** All as the transport thinks best. */
  public static final UdpSettings DEFAULT = new UdpSettings(null, null, null);
}
