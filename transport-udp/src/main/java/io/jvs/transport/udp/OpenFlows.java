package io.jvs.transport.udp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The flows of a loop for those who look at them. The loop alone adds and removes, which costs it a
 * store each; anybody may read at the same time. A flow keeps its place to its end, so that no
 * reader misses one that stays.
 */
final class OpenFlows {
  private static final int SMALLEST = 64;
  private static final VarHandle PLACE = MethodHandles.arrayElementVarHandle(UdpFlow[].class);

  private volatile @Nullable UdpFlow[] places = new UdpFlow[SMALLEST];
  private int[] free = new int[SMALLEST]; // places that had a flow, the first freeCount of it
  private int freeCount;
  private int used; // places that ever had one are below this

  /** On the loop. */
  void add(UdpFlow flow) {
    @Nullable UdpFlow[] present = places;
    int place;
    if (freeCount > 0) {
      place = free[--freeCount];
    } else {
      if (used == present.length) {
        present = Arrays.copyOf(present, 2 * used);
        free = new int[2 * used]; // it is empty
        places = present; // those who read the old one miss what begins from now on
      }
      place = used++;
    }
    flow.place = place;
    PLACE.setRelease(present, place, flow);
  }

  /** On the loop; does nothing with a flow that was not added. */
  void remove(UdpFlow flow) {
    if (flow.place >= 0) {
      PLACE.setOpaque(places, flow.place, null);
      free[freeCount++] = flow.place;
      flow.place = -1;
    }
  }

  /** Any thread; flows that come or go meanwhile may be in it or not. */
  Stream<UdpFlow> stream() {
    @Nullable UdpFlow[] present = places;
    return IntStream.range(0, present.length)
        .mapToObj(i -> (UdpFlow) PLACE.getAcquire(present, i))
        .filter(Objects::nonNull);
  }
}
