package io.jvs.scheduling;

import io.jvs.model.Protocol;
import java.util.random.RandomGenerator;

/**
 * {@code p2c}: of two servers drawn by chance the one with fewer connections per weight; of equals
 * the first drawn, so that ties are fair. Two draws instead of one bring the longest queue from log
 * n / log log n down to log log n (Mitzenmacher, The Power of Two Choices in Randomized Load
 * Balancing, 2001), and unlike the exact least-connection policies many clients that know nothing
 * of each other do not all run to the same server.
 *
 * <p>Active connections count, and for UDP, which knows no others, the inactive ones. Servers are
 * drawn in proportion to their weights. Not in the kernel.
 */
final class PowerOfTwoChoices implements Scheduler {
  @Override
  public String name() {
    return "p2c";
  }

  @Override
  public Selector prepare(ServerView servers, Setup setup) {
    RandomGenerator random = setup.random();
    WeightedDraw draw = new WeightedDraw(servers);
    return (view, flow) -> {
      long chance = random.nextLong();
      int first = draw.eligible(view, chance);
      if (first == Selector.NONE) {
        return Selector.NONE;
      }
      int second = draw.another(view, first, chance);
      return isLess(view, second, first, flow.protocol() == Protocol.UDP) ? second : first;
    };
  }

  private static boolean isLess(ServerView servers, int one, int other, boolean udp) {
    // The new connection counts already: an idle slow server is not better than a fast idle one.
    long load = 1L + load(servers, one, udp);
    long otherLoad = 1L + load(servers, other, udp);
    return load * servers.weight(other) < otherLoad * servers.weight(one);
  }

  private static int load(ServerView servers, int index, boolean udp) {
    return udp ? servers.active(index) + servers.inactive(index) : servers.active(index);
  }
}
