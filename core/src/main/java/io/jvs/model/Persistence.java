package io.jvs.model;

import java.time.Duration;

/**
 * Whose later connections go to the same real server as the first one.
 *
 * <p>What else a client is known by comes from the {@link VirtualAddress} of the service, as in the
 * kernel (ip_vs_sched_persist). A service at one address and port has its own clients: the same
 * client at port 443 is another one. A service of all ports, or at the wildcard address, knows a
 * client by protocol, client and destination address, whatever the port. One with a firewall mark
 * knows it by the client alone, whatever protocol, address and port carry the mark. So does one
 * inside the process, which has no address.
 */
public sealed interface Persistence {
  /** 360 s, ipvsadm's default for {@code -p} without a value. */
  Duration DEFAULT_TIMEOUT = Duration.ofMinutes(6);

  /** How long a client is remembered after its latest new connection: 1 s to 31 days. */
  Duration timeout();

  /** How many clients are remembered, and which are let go early. */
  TemplateRules rules();

  /** The same with other rules. */
  Persistence withRules(TemplateRules rules);

  /** Clients by their full address. */
  static SourceNetwork sourceAddress(Duration timeout) {
    return new SourceNetwork(timeout, 32, 128);
  }

  /** Clients by address and port, such as the two ends of a tunnel. */
  static SourcePort sourcePort(Duration timeout) {
    return new SourcePort(timeout, TemplateRules.DEFAULT);
  }

  /** Clients by what the application or layer 7 says: a user, a session. */
  static ApplicationKey applicationKey(Duration timeout) {
    return new ApplicationKey(timeout, TemplateRules.DEFAULT);
  }

  /**
   * All clients of a network are one, for those behind big proxies. A flow without addresses is
   * known by its key, if it has one.
   *
   * @param timeout 1 s to 31 days, whole seconds (ipvsadm(8), {@code -p})
   * @param ipv4Prefix leading bits of an IPv4 address that count, 1 to 32 ({@code -M} as a length)
   * @param ipv6Prefix leading bits of an IPv6 address that count, 1 to 128
   */
  record SourceNetwork(Duration timeout, int ipv4Prefix, int ipv6Prefix, TemplateRules rules)
      implements Persistence {
    public SourceNetwork {
      checkTimeout(timeout);
      if (ipv4Prefix < 1 || ipv4Prefix > 32) {
        throw new IllegalArgumentException(
            "persistence IPv4 prefix length " + ipv4Prefix + " (expected: 1 to 32)");
      }
      if (ipv6Prefix < 1 || ipv6Prefix > 128) {
        throw new IllegalArgumentException(
            "persistence IPv6 prefix length " + ipv6Prefix + " (expected: 1 to 128)");
      }
    }

    /** With the default rules. */
    public SourceNetwork(Duration timeout, int ipv4Prefix, int ipv6Prefix) {
      this(timeout, ipv4Prefix, ipv6Prefix, TemplateRules.DEFAULT);
    }

    @Override
    public SourceNetwork withRules(TemplateRules newRules) {
      return new SourceNetwork(timeout, ipv4Prefix, ipv6Prefix, newRules);
    }

    /** {@code persistent 300 s, source /24 /64}. */
    @Override
    public String toString() {
      boolean full = ipv4Prefix == 32 && ipv6Prefix == 128;
      return text(this, full ? "" : ", source /" + ipv4Prefix + " /" + ipv6Prefix);
    }
  }

  /**
   * Each address and port is a client of its own. The kernel cannot do this. A flow without
   * addresses is known by its key, if it has one.
   *
   * @param timeout 1 s to 31 days, whole seconds
   */
  record SourcePort(Duration timeout, TemplateRules rules) implements Persistence {
    public SourcePort {
      checkTimeout(timeout);
    }

    @Override
    public SourcePort withRules(TemplateRules newRules) {
      return new SourcePort(timeout, newRules);
    }

    /** {@code persistent 300 s, source port}. */
    @Override
    public String toString() {
      return text(this, ", source port");
    }
  }

  /**
   * The client is who {@link Flow#key()} says, wherever the flow comes from: its addresses are not
   * looked at, nor is its destination. A flow without a key is not remembered, because the address
   * that it comes from may be that of a proxy with thousands of users behind it.
   *
   * @param timeout 1 s to 31 days, whole seconds
   */
  record ApplicationKey(Duration timeout, TemplateRules rules) implements Persistence {
    public ApplicationKey {
      checkTimeout(timeout);
    }

    @Override
    public ApplicationKey withRules(TemplateRules newRules) {
      return new ApplicationKey(timeout, newRules);
    }

    /** {@code persistent 300 s, application key}. */
    @Override
    public String toString() {
      return text(this, ", application key");
    }
  }

  private static void checkTimeout(Duration timeout) {
    if (timeout.compareTo(Duration.ofSeconds(1)) < 0
        || timeout.compareTo(Duration.ofDays(31)) > 0
        || timeout.toNanosPart() != 0) {
      throw new IllegalArgumentException(
          "persistence timeout "
              + Durations.format(timeout)
              + " (expected: whole seconds, 1 s to 31 days)");
    }
  }

  private static String text(Persistence persistence, String key) {
    return "persistent " + persistence.timeout().toSeconds() + " s" + key + persistence.rules();
  }
}
