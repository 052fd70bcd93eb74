package io.jvs.transport.udp;

import org.jspecify.annotations.Nullable;

/**
 * The flows of one listening socket, by client and virtual address: open addressing, so that a
 * look-up allocates nothing. The hash has a secret, so that nobody can choose addresses that
 * collide. On its loop only.
 */
final class FlowTable<F extends FlowKey> {
  private static final int SMALLEST = 64; // a power of two

  private final long secret;
  private @Nullable FlowKey[] slots = new FlowKey[SMALLEST];
  private int size;

  FlowTable(long secret) {
    this.secret = secret;
  }

  int size() {
    return size;
  }

  /** That of who sent the {@code i}-th datagram that came in. */
  @Nullable F find(Messages from, int i, long localHigh, long localLow) {
    return find(
        from.clientHigh(i),
        from.clientLow(i),
        from.clientPort(i),
        from.clientScope(i),
        localHigh,
        localLow);
  }

  /** That of a client that no network device tells from others. */
  @Nullable F find(long clientHigh, long clientLow, int clientPort, long localHigh, long localLow) {
    return find(clientHigh, clientLow, clientPort, 0, localHigh, localLow);
  }

  @SuppressWarnings("unchecked") // only such are added
  private @Nullable F find(
      long clientHigh,
      long clientLow,
      int clientPort,
      int clientDevice,
      long localHigh,
      long localLow) {
    int mask = slots.length - 1;
    int at = hash(clientHigh, clientLow, clientPort, localHigh, localLow) & mask;
    for (FlowKey flow = slots[at]; flow != null; flow = slots[at]) {
      if (flow.clientLow == clientLow
          && flow.clientPort == clientPort
          && flow.clientDevice == clientDevice
          && flow.clientHigh == clientHigh
          && flow.localLow == localLow
          && flow.localHigh == localHigh) {
        return (F) flow;
      }
      at = (at + 1) & mask;
    }
    return null;
  }

  /** It must not be there. */
  void add(F flow) {
    if (2 * (size + 1) > slots.length) {
      resize(2 * slots.length);
    }
    place(flow);
    size++;
  }

  private void place(FlowKey flow) {
    int mask = slots.length - 1;
    int at = hash(flow) & mask;
    while (slots[at] != null) {
      at = (at + 1) & mask;
    }
    slots[at] = flow;
  }

  void remove(F flow) {
    int mask = slots.length - 1;
    int at = hash(flow) & mask;
    while (slots[at] != flow) {
      if (slots[at] == null) {
        return;
      }
      at = (at + 1) & mask;
    }
    size--;
    // Those behind that would not be found any more over the gap move into it.
    int gap = at;
    for (int next = (at + 1) & mask; ; next = (next + 1) & mask) {
      FlowKey moved = slots[next];
      if (moved == null) {
        break;
      }
      int home = hash(moved) & mask;
      if (((next - home) & mask) >= ((next - gap) & mask)) {
        slots[gap] = moved;
        gap = next;
      }
    }
    slots[gap] = null;
    if (slots.length > SMALLEST && 8 * size < slots.length) {
      resize(slots.length / 2);
    }
  }

  private void resize(int length) {
    @Nullable FlowKey[] before = slots;
    slots = new FlowKey[length];
    for (FlowKey flow : before) {
      if (flow != null) {
        place(flow);
      }
    }
  }

  private int hash(FlowKey flow) {
    return hash(flow.clientHigh, flow.clientLow, flow.clientPort, flow.localHigh, flow.localLow);
  }

  /** Without the device: the same link-local address at two of them is rare. */
  private int hash(long clientHigh, long clientLow, int clientPort, long localHigh, long localLow) {
    long bits = (clientLow ^ secret) * 0x9E3779B97F4A7C15L; // Fibonacci hashing, Knuth 6.4
    bits = (bits ^ (bits >>> 32) ^ clientPort) * 0xD6E8FEB86659FD93L;
    bits = (bits ^ (bits >>> 32) ^ clientHigh ^ localLow) * 0x9E3779B97F4A7C15L;
    bits = (bits ^ (bits >>> 32) ^ localHigh) * 0xD6E8FEB86659FD93L;
    return (int) (bits >>> 32);
  }
}
