package io.jvs.persistence;

import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.VirtualAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a service knows its clients by: the table of keys of ip_vs_sched_persist. Protocol, virtual
 * address and port of a service at one address are the same for all its clients, so they stand in
 * no key; a service of all ports has a key for each address, one with a firewall mark has neither.
 *
 * <p>A key is two numbers that are computed from a flow without allocating: {@code kind}, the form
 * of the key with the small parts of it, and 64 {@code bits}, which for IPv4 are client and
 * destination and for the larger keys a hash, to be followed by a look at the whole.
 */
final class ClientIdentity {
  /** The kind of a flow that nothing is known of. */
  static final int UNKNOWN = -1;

  private static final int IPV4 = 0;
  private static final int IPV6 = 1 << 24;
  private static final int KEYED = 2 << 24;

  private final boolean byKey;
  private final boolean byPort;
  private final boolean byProtocol;
  private final boolean byDestination;
  private final long ipv4Mask;
  private final long ipv6HighMask;
  private final long ipv6LowMask;

  ClientIdentity(Persistence persistence, VirtualAddress address) {
    this.byKey = persistence instanceof Persistence.ApplicationKey;
    this.byPort = persistence instanceof Persistence.SourcePort;
    this.byProtocol = address instanceof VirtualAddress.Endpoint;
    this.byDestination =
        address instanceof VirtualAddress.Endpoint endpoint
            && (endpoint.ports().isAll() || endpoint.address().isAnyLocalAddress());
    int ipv4 = 32;
    int ipv6 = 128;
    if (persistence instanceof Persistence.SourceNetwork network) {
      ipv4 = network.ipv4Prefix();
      ipv6 = network.ipv6Prefix();
    }
    this.ipv4Mask = -1L << (32 - ipv4);
    this.ipv6HighMask = ipv6 >= 64 ? -1 : -1L << (64 - ipv6);
    this.ipv6LowMask = ipv6 <= 64 ? 0 : -1L << (128 - ipv6);
  }

  /** Whether both know the same clients by the same keys. */
  boolean agreesWith(ClientIdentity other) {
    return byKey == other.byKey
        && byPort == other.byPort
        && byProtocol == other.byProtocol
        && byDestination == other.byDestination
        && ipv4Mask == other.ipv4Mask
        && ipv6HighMask == other.ipv6HighMask
        && ipv6LowMask == other.ipv6LowMask;
  }

  int kind(Flow flow) {
    if (byKey || !flow.isAddressed()) {
      return flow.key() == null ? UNKNOWN : KEYED;
    }
    return (flow.isIpv6() ? IPV6 : IPV4)
        | (byProtocol ? flow.protocol().number() << 16 : 0)
        | (byPort ? flow.clientPort() : 0);
  }

  /**
   * @param seed makes it impossible to choose keys that meet in one slot
   */
  long bits(Flow flow, int kind, long seed) {
    if (kind < IPV6) {
      return (flow.clientLow() & ipv4Mask) << 32 | (byDestination ? flow.destinationLow() : 0);
    }
    if (kind < KEYED) {
      long bits = stirred(clientHigh(flow) + seed);
      bits = stirred(bits + clientLow(flow));
      return byDestination
          ? stirred(stirred(bits + flow.destinationHigh()) + flow.destinationLow())
          : bits;
    }
    return flow.key() instanceof String text ? stirred(text, seed) : key(flow).hashCode();
  }

  static int hash(int kind, long bits, long seed) {
    return (int) (stirred(bits + seed + ((long) kind << 32)) >>> 32);
  }

  /** Whether it is the template of the flow, whose kind and bits are those of the template. */
  boolean isOf(Template<?> template, Flow flow) {
    if (template.kind < IPV6) {
      return true;
    }
    if (template instanceof Template.Ipv6<?> ipv6) {
      return ipv6.clientHigh == clientHigh(flow)
          && ipv6.clientLow == clientLow(flow)
          && (!byDestination
              || (ipv6.destinationHigh == flow.destinationHigh()
                  && ipv6.destinationLow == flow.destinationLow()));
    }
    return template instanceof Template.Keyed<?> keyed && keyed.key.equals(flow.key());
  }

  <S> Template<S> template(Flow flow, int kind, long bits, S server, int timeout, long now) {
    if (kind < IPV6) {
      return new Template<>(kind, bits, server, timeout, now);
    }
    if (kind < KEYED) {
      long[] ends = {
        clientHigh(flow), clientLow(flow), flow.destinationHigh(), flow.destinationLow()
      };
      return new Template.Ipv6<>(kind, bits, server, timeout, now, ends);
    }
    return new Template.Keyed<>(kind, bits, server, timeout, now, key(flow));
  }

  private long clientHigh(Flow flow) {
    return flow.clientHigh() & ipv6HighMask;
  }

  private long clientLow(Flow flow) {
    return flow.clientLow() & ipv6LowMask;
  }

  private static Object key(Flow flow) {
    @Nullable Object key = flow.key();
    return Objects.requireNonNull(key);
  }

  /** Every bit of the result depends on every bit given (the finalizer of splitmix64). */
  private static long stirred(long bits) {
    long mixed = (bits ^ bits >>> 30) * 0xBF58_476D_1CE4_E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D0_49BB_1331_11EBL;
    return mixed ^ mixed >>> 31;
  }

  /** Clients choose their cookies, and whole families of strings have one hash code. */
  private static long stirred(String text, long seed) {
    long mixed = seed;
    for (int i = 0; i < text.length(); i++) {
      mixed = (mixed ^ text.charAt(i)) * 0x9E37_79B9_7F4A_7C15L;
      mixed ^= mixed >>> 32;
    }
    return mixed;
  }
}
