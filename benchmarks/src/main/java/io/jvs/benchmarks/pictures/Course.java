package io.jvs.benchmarks.pictures;

import java.util.ArrayList;
import java.util.List;

/**
 * What one policy did: in a long calm time, and then with a server that becomes slow and one that
 * is down for a while.
 *
 * @param shares of new connections in the calm time, by server
 * @param refused share of new connections in the calm time that found no server
 * @param refusedWhileDown the same while a server was down
 * @param open connections by server, and by {@link #STEP_SECONDS} from the beginning of the plot
 */
record Course(List<Double> shares, double refused, double refusedWhileDown, List<double[]> open) {
  static final int SLOW_SERVER = 2;
  static final int SLOWNESS = 4;
  static final int SLOW_FROM = 20;
  static final int SLOW_TO = 40;
  static final int DOWN_SERVER = 4;
  static final int DOWN_FROM = 60;
  static final int DOWN_TO = 80;
  static final int SECONDS = 100;
  static final int STEP_SECONDS = 2;
  private static final int SAMPLES = 20; // in each step, averaged
  private static final int WARM_UP_SECONDS = 20;
  private static final int CALM_SECONDS = 400;

  static Course of(String policy) {
    World calm = new World(policy, 1);
    calm.runUntil(WARM_UP_SECONDS);
    calm.countAnew();
    calm.runUntil(WARM_UP_SECONDS + CALM_SECONDS);
    List<Double> shares = new ArrayList<>();
    for (int i = 0; i < World.WEIGHTS.size(); i++) {
      shares.add(calm.share(i));
    }

    World world = new World(policy, 2);
    world.runUntil(WARM_UP_SECONDS);
    List<double[]> open = new ArrayList<>();
    double refusedWhileDown = 0;
    for (int second = 0; second < SECONDS; second += STEP_SECONDS) {
      switch (second) {
        case SLOW_FROM -> world.slow(SLOW_SERVER, SLOWNESS);
        case SLOW_TO -> world.slow(SLOW_SERVER, 1);
        case DOWN_FROM -> {
          world.countAnew();
          world.down(DOWN_SERVER);
        }
        case DOWN_TO -> {
          refusedWhileDown = world.refusedShare();
          world.up(DOWN_SERVER);
        }
        default -> {}
      }
      double[] average = new double[shares.size()];
      for (int sample = 1; sample <= SAMPLES; sample++) {
        world.runUntil(WARM_UP_SECONDS + second + (double) STEP_SECONDS * sample / SAMPLES);
        for (int i = 0; i < average.length; i++) {
          average[i] += (double) world.open(i) / SAMPLES;
        }
      }
      open.add(average);
    }
    return new Course(shares, calm.refusedShare(), refusedWhileDown, open);
  }
}
