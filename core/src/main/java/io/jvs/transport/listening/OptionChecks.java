package io.jvs.transport.listening;

import io.jvs.model.Durations;
import io.jvs.model.Protocol;
import io.jvs.model.SocketAddresses;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks values of a transport's options, one after the other; each check throws an {@link
 * IllegalArgumentException} that begins with the protocol.
 */
public final class OptionChecks {
  private final Protocol protocol;

  /** Of options for this protocol. */
  public OptionChecks(Protocol protocol) {
    this.protocol = protocol;
  }

  /** Both bounds are allowed. */
  public OptionChecks check(String what, int value, int min, int max) {
    return expect(value >= min && value <= max, what + " " + value, min + " to " + max);
  }

  /** Both bounds are allowed. */
  public OptionChecks check(String what, Duration value, Duration min, Duration max) {
    return expect(
        value.compareTo(min) >= 0 && value.compareTo(max) <= 0,
        what + " " + Durations.format(value),
        Durations.format(min) + " to " + Durations.format(max));
  }

  /** No part of a second. */
  public OptionChecks checkSeconds(String what, Duration value) {
    return expect(value.toNanosPart() == 0, what + " " + Durations.format(value), "whole seconds");
  }

  /** A name that Linux takes (IFNAMSIZ), or null. */
  public OptionChecks checkDevice(@Nullable String device) {
    return expect(
        device == null || device.matches("[^\\s/]{1,15}"),
        "device '" + device + "'",
        "the name of a network device, such as eth0");
  }

  /** Where TPROXY sends clients, or 0. */
  public OptionChecks checkPort(int port, boolean transparent, boolean dual) {
    return check("port", port, 0, 65_535)
        .expect(
            port == 0 || transparent,
            "port " + port + " to listen on without transparent",
            "both, since it is TPROXY that sends clients there")
        .expect(
            port == 0 || !dual,
            "port " + port + " to listen on and dual",
            "a service of each family, each with a port of its own");
  }

  /** From where real servers are asked. */
  public OptionChecks checkSources(List<InetAddress> sources, boolean clientAddress) {
    for (InetAddress source : sources) {
      expect(
          !source.isAnyLocalAddress() && !source.isMulticastAddress(),
          "outgoing source " + SocketAddresses.format(source),
          "a single address");
    }
    List<String> all = sources.stream().map(SocketAddresses::format).toList();
    return expect(
            Set.copyOf(sources).size() == sources.size(),
            "outgoing sources " + all,
            "each once, since they are used in turn")
        .expect(
            sources.isEmpty() || !clientAddress,
            "outgoing sources " + all + " and the client's address",
            "one of the two");
  }

  private OptionChecks expect(boolean met, String what, String expected) {
    if (!met) {
      throw new IllegalArgumentException(protocol + ": " + what + " (expected: " + expected + ")");
    }
    return this;
  }
}
