package io.jvs.testkit;

import io.jvs.balancing.Connection;
import io.jvs.balancing.LoadBalancer;
import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.scheduling.Scheduler.Selector;
import io.jvs.scheduling.ServerView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * How a policy spreads flows: many choices, and what they say about fairness.
 *
 * <pre>{@code
 * Picks picks = Picks.of(selector, view, 10_000);
 * assertThat(picks.share("a")).isCloseTo(0.75, within(0.02)); // of weights 3 and 1
 * assertThat(picks.largestDeviation()).isLessThan(2.0); // one that takes turns
 * assertThat(picks.chiSquare().probability()).isGreaterThan(0.001); // one that draws by chance
 * }</pre>
 *
 * <p>Servers are named as {@link TestServer#server} does it, or as {@link RealServer#name} says.
 * Shares are of the choices that found a server; {@link #nobody} counts the others. Immutable.
 */
public final class Picks {
  private final List<String> servers;
  private final double[] fair; // shares by weight; they sum up to 1, or all are 0
  private final int[] choices; // in their order; -1 for nobody
  private final int[] counts;
  private final int found;

  private Picks(List<RealServer> servers, int[] weights, int[] choices) {
    this.servers = servers.stream().map(RealServer::name).toList();
    this.choices = choices;
    this.counts = new int[weights.length];
    this.fair = new double[weights.length];
    long total = 0;
    for (int weight : weights) {
      total += weight;
    }
    for (int i = 0; i < weights.length; i++) {
      fair[i] = total == 0 ? 0 : (double) weights[i] / total;
    }
    int sum = 0;
    for (int choice : choices) {
      if (choice != Selector.NONE) {
        counts[choice]++;
        sum++;
      }
    }
    this.found = sum;
  }

  /**
   * Has the selector choose so often, for flows of which nothing is known. Nobody tells it of
   * connections, so counts stay as the view says. The fair share of a server is that of its weight
   * among those that are eligible before the first choice.
   *
   * @throws AssertionError if it chooses an index that is none of the view
   */
  public static Picks of(Selector selector, ServerView view, int count) {
    return of(selector, view, count, number -> Flow.any());
  }

  /**
   * The same for given flows.
   *
   * @param flows the flow of each choice, by its number from 0 on
   */
  public static Picks of(Selector selector, ServerView view, int count, IntFunction<Flow> flows) {
    List<RealServer> servers = new ArrayList<>();
    int[] weights = new int[view.size()];
    for (int i = 0; i < weights.length; i++) {
      servers.add(view.server(i));
      weights[i] = view.eligible(i) ? view.weight(i) : 0;
    }
    int[] choices = new int[count];
    for (int i = 0; i < count; i++) {
      choices[i] = selector.select(view, flows.apply(i));
      if (choices[i] < Selector.NONE || choices[i] >= weights.length) {
        throw new AssertionError(
            "choice " + i + " is " + choices[i] + " of " + weights.length + " servers");
      }
    }
    return new Picks(servers, weights, choices);
  }

  /**
   * Has the load balancer admit so many flows of which nothing is known, each done before the next
   * one comes. A fallback that answers is nobody.
   */
  public static Picks of(LoadBalancer balancer, int count) {
    return of(balancer, count, number -> Flow.any());
  }

  /** The same for given flows. */
  public static Picks of(LoadBalancer balancer, int count, IntFunction<Flow> flows) {
    List<RealServer> servers = new ArrayList<>();
    List<Integer> weights = new ArrayList<>();
    Map<String, Integer> indexes = new LinkedHashMap<>();
    for (var each : balancer.status().servers()) {
      indexes.put(each.server().name(), servers.size());
      servers.add(each.server());
      weights.add(each.state().equals("up") ? (int) each.weight() : 0);
    }
    int[] choices = new int[count];
    for (int i = 0; i < count; i++) {
      choices[i] = Selector.NONE;
      if (balancer.admit(flows.apply(i)) instanceof Connection connection) {
        choices[i] = indexes.getOrDefault(connection.server().name(), Selector.NONE);
        connection.close();
      }
    }
    return new Picks(servers, weights.stream().mapToInt(w -> w).toArray(), choices);
  }

  /** Choices made, with those that found nobody. */
  public int total() {
    return choices.length;
  }

  /** Choices that found nobody. */
  public int nobody() {
    return choices.length - found;
  }

  /**
   * How often this server was chosen.
   *
   * @throws IllegalArgumentException if there is no such server
   */
  public int count(String server) {
    return counts[index(server)];
  }

  /** Its part of all choices that found a server, 0 to 1; 0 if none did. */
  public double share(String server) {
    int count = count(server);
    return found == 0 ? 0 : (double) count / found;
  }

  /** Its weight's part of all weights that were eligible at the start, 0 to 1. */
  public double fairShare(String server) {
    return fair[index(server)];
  }

  /** Counts by name, in the order of the list. */
  public Map<String, Integer> counts() {
    Map<String, Integer> all = new LinkedHashMap<>();
    for (int i = 0; i < counts.length; i++) {
      all.put(servers.get(i), counts[i]);
    }
    return all;
  }

  /**
   * How far any server ever was from its fair share, in choices: the largest difference, over all
   * servers and after any number of choices, between how often it was chosen and that number times
   * its fair share. Round robin over n servers stays below 1 whatever the number of choices;
   * drawing by chance goes with the square root of it.
   */
  public double largestDeviation() {
    double largest = 0;
    int[] so = new int[counts.length];
    int done = 0;
    for (int choice : choices) {
      if (choice != Selector.NONE) {
        // A server falls behind until it is chosen, so the moments around that are enough.
        largest = Math.max(largest, Math.abs(so[choice] - done * fair[choice]));
        so[choice]++;
        done++;
        largest = Math.max(largest, Math.abs(so[choice] - done * fair[choice]));
      }
    }
    for (int i = 0; i < so.length; i++) {
      largest = Math.max(largest, Math.abs(so[i] - done * fair[i]));
    }
    return largest;
  }

  /** The most choices in a row of one server; a choice that found nobody ends a row. */
  public int longestRun() {
    int longest = 0;
    int run = 0;
    int last = Selector.NONE;
    for (int choice : choices) {
      run = choice == Selector.NONE ? 0 : choice == last ? run + 1 : 1;
      last = choice;
      longest = Math.max(longest, run);
    }
    return longest;
  }

  /** Whether the counts fit the fair shares, as those of a policy that draws by weight do. */
  public ChiSquare chiSquare() {
    return ChiSquare.of(counts, fair);
  }

  /**
   * Whether the counts fit other shares.
   *
   * @param shares of servers by name, in any unit; servers left out expect nothing
   */
  public ChiSquare chiSquare(Map<String, Double> shares) {
    double[] expected = new double[counts.length];
    shares.forEach((server, share) -> expected[index(server)] = share);
    return ChiSquare.of(counts, expected);
  }

  private int index(String server) {
    int index = servers.indexOf(server);
    if (index < 0) {
      index = servers.indexOf(server + ":80"); // as TestServer understands it
    }
    if (index < 0) {
      throw new IllegalArgumentException(
          "no server '" + server + "' (expected: one of " + servers + ")");
    }
    return index;
  }

  /** Counts by name, and how many found nobody. */
  @Override
  public String toString() {
    return counts() + (nobody() == 0 ? "" : ", nobody " + nobody());
  }
}
