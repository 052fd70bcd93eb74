package io.jvs.kernel.ipvs;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * The order in which ipvsadm(8) lists. It compares 32-bit words by the sign of their difference, so
 * that 200.0.0.1 may come before and after 10.0.0.1; what comes out then depends on the way of
 * sorting, which is glibc's: merging halves, the first of which is the shorter.
 */
final class IpvsadmOrder {
  private IpvsadmOrder() {}

  /** By mark, family, protocol, address and port. */
  static <T> List<T> services(List<T> rows, Function<T, ServiceKey> key) {
    return sorted(rows, (a, b) -> compare(key.apply(a), key.apply(b)));
  }

  /** By address and port; of IPv4 with IPv6 by the first word of the address. */
  static <T> List<T> destinations(List<T> rows, Function<T, IpvsDestination> destination) {
    return sorted(rows, (a, b) -> compare(destination.apply(a), destination.apply(b)));
  }

  private static int compare(ServiceKey a, ServiceKey b) {
    int difference = mark(a) - mark(b);
    if (difference == 0) {
      difference = a.family().compareTo(b.family());
    }
    if (difference == 0
        && a instanceof ServiceKey.Address one
        && b instanceof ServiceKey.Address other) {
      difference = one.protocol() - other.protocol();
      difference = difference == 0 ? compare(one.address(), other.address()) : difference;
      difference = difference == 0 ? one.port() - other.port() : difference;
    }
    return difference;
  }

  private static int mark(ServiceKey key) {
    return key instanceof ServiceKey.Mark mark ? (int) mark.mark() : 0;
  }

  private static int compare(IpvsDestination a, IpvsDestination b) {
    int difference = compare(a.ip(), b.ip());
    return difference == 0 ? a.address().getPort() - b.address().getPort() : difference;
  }

  private static int compare(InetAddress a, InetAddress b) {
    byte[] one = a.getAddress();
    byte[] other = b.getAddress();
    int difference = 0;
    // What an IPv4 address has behind its first word is all zeros there.
    for (int at = 0; at < one.length && difference == 0; at += 4) {
      int word = at < other.length ? AddressText.word(other, at) : 0;
      difference = AddressText.word(one, at) - word;
    }
    return difference;
  }

  private static <T> List<T> sorted(List<T> rows, Comparator<T> order) {
    if (rows.size() < 2) {
      return rows;
    }
    int half = rows.size() / 2;
    List<T> first = sorted(rows.subList(0, half), order);
    List<T> second = sorted(rows.subList(half, rows.size()), order);
    List<T> merged = new ArrayList<>(rows.size());
    int i = 0;
    int j = 0;
    while (i < first.size() && j < second.size()) {
      merged.add(
          order.compare(first.get(i), second.get(j)) <= 0 ? first.get(i++) : second.get(j++));
    }
    merged.addAll(first.subList(i, first.size()));
    merged.addAll(second.subList(j, second.size()));
    return merged;
  }
}
