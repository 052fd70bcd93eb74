package io.jvs.transport;

import io.jvs.model.AccessList;
import io.jvs.model.Network;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An access list that is quick to ask. Immutable. */
final class AccessIndex {
  private final AddressRanges ipv4;
  private final AddressRanges ipv6;

  private AccessIndex(AddressRanges ipv4, AddressRanges ipv6) {
    this.ipv4 = ipv4;
    this.ipv6 = ipv6;
  }

  /** Null if everybody may come in. */
  static @Nullable AccessIndex of(AccessList list) {
    if (list.equals(AccessList.EVERYBODY)) {
      return null;
    }
    boolean otherwise = list.allow().isEmpty();
    return new AccessIndex(ranges(list, 4, otherwise), ranges(list, 16, otherwise));
  }

  boolean allows(ClientAddress client) {
    return (client.ipv6() ? ipv6 : ipv4).allows(client.high(), client.low());
  }

  private static AddressRanges ranges(AccessList list, int length, boolean otherwise) {
    List<AddressRanges.Rule> rules = new ArrayList<>();
    add(list.allow(), length, true, rules);
    add(list.deny(), length, false, rules);
    return AddressRanges.of(rules, otherwise);
  }

  private static void add(
      List<Network> networks, int length, boolean allowed, List<AddressRanges.Rule> rules) {
    for (Network network : networks) {
      if (network.address().getAddress().length == length) {
        ClientAddress first = ClientAddress.of(network.address());
        int free = 8 * length - network.prefix(); // bits behind the prefix
        long lastHigh = first.high() | ones(free - 64);
        long lastLow = first.low() | ones(free);
        rules.add(
            new AddressRanges.Rule(
                first.high(), first.low(), lastHigh, lastLow, network.prefix(), allowed));
      }
    }
  }

  /** So many of the lowest bits, 0 to 64. */
  private static long ones(int count) {
    return count <= 0 ? 0 : -1L >>> (64 - Math.min(count, 64));
  }
}
