package io.jvs.balancing;

import io.jvs.model.RealServer;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which server of a new definition is which of the present ones, by address. Most changes leave
 * most servers where they are, so both lists are walked side by side, newest first, and only what
 * does not fit goes through a map: one of 10,000 is replaced without looking at 10,000 addresses.
 */
final class Pairing {
  private final @Nullable RealServer[] wishes;
  private final List<RealServer> added;

  /**
   * @param present newest first
   * @param listed the same by address
   * @param desired oldest first; addresses differ
   */
  Pairing(
      List<ServerState> present,
      Map<InetSocketAddress, ServerState> listed,
      List<RealServer> desired) {
    this.wishes = new RealServer[present.size()];
    Map<InetSocketAddress, RealServer> left = new LinkedHashMap<>();
    int next = desired.size() - 1;
    for (int i = 0; i < wishes.length; i++) {
      RealServer definition = present.get(i).definition();
      while (next >= 0
          && !isSameServer(desired.get(next), definition)
          && !listed.containsKey(desired.get(next).address())) {
        left.put(desired.get(next).address(), desired.get(next));
        next--;
      }
      if (next >= 0 && isSameServer(desired.get(next), definition)) {
        wishes[i] = desired.get(next);
        next--;
      }
    }
    for (; next >= 0; next--) {
      left.put(desired.get(next).address(), desired.get(next));
    }
    for (int i = 0; i < wishes.length && !left.isEmpty(); i++) {
      if (wishes[i] == null) {
        wishes[i] = left.remove(present.get(i).definition().address());
      }
    }
    this.added = new ArrayList<>(left.values());
    Collections.reverse(added);
  }

  @SuppressWarnings("ReferenceEquality") // most are the very same object, and comparing is dear
  private static boolean isSameServer(RealServer one, RealServer other) {
    return one == other || one.address().equals(other.address());
  }

  /** The new definition of the present server with this index, or null if it is to go. */
  @Nullable RealServer wish(int index) {
    return wishes[index];
  }

  /** Those that are not there yet, oldest first. */
  List<RealServer> added() {
    return added;
  }
}
