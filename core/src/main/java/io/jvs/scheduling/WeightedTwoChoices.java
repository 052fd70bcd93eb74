package io.jvs.scheduling;

import java.util.random.RandomGenerator;

/**
 * {@code twos}: of two servers drawn by chance, each with a probability by its weight, the one with
 * the smaller overhead per weight (ip_vs_twos.c; Mitzenmacher, "The Power of Two Choices in
 * Randomized Load Balancing", IEEE TPDS 2001). Both draws may hit the same server. As in the
 * kernel, draws range from 0 to the sum of the weights, both included, so that the first usable
 * server has one ticket more than its weight.
 */
final class WeightedTwoChoices implements Scheduler {
  @Override
  public String name() {
    return "twos";
  }

  @Override
  public Selector prepare(ServerView servers, Setup setup) {
    RandomGenerator random = setup.random();
    return (view, flow) -> select(view, random);
  }

  private static int select(ServerView servers, RandomGenerator random) {
    int last = Selector.NONE;
    long tickets = 1;
    for (int i = 0; i < servers.size(); i++) {
      if (servers.eligible(i)) {
        tickets += servers.weight(i);
        last = i;
      }
    }
    if (last == Selector.NONE) {
      return Selector.NONE;
    }
    long draw1 = random.nextLong(tickets);
    long draw2 = random.nextLong(tickets);
    int choice1 = Selector.NONE;
    int choice2 = Selector.NONE;
    for (int i = 0; i < servers.size(); i++) {
      if (!servers.eligible(i)) {
        continue;
      }
      int weight = servers.weight(i);
      draw1 -= weight;
      draw2 -= weight;
      if (draw1 <= 0 && choice1 == Selector.NONE) {
        choice1 = i;
      }
      if (draw2 <= 0 && choice2 == Selector.NONE) {
        choice2 = i;
      }
      if (choice1 != Selector.NONE && choice2 != Selector.NONE) {
        return isBetter(servers, choice2, choice1) ? choice2 : choice1;
      }
    }
    // Some became unusable between the two walks.
    return choice1 == Selector.NONE ? last : choice1;
  }

  /** Products of 32 bits, which wrap as in the kernel. */
  private static boolean isBetter(ServerView servers, int index, int other) {
    return servers.weight(index) * servers.overhead(other)
        > servers.weight(other) * servers.overhead(index);
  }
}
