package io.jvs.scheduling;

import io.jvs.model.Flow;
import io.jvs.model.Protocol;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * {@code ewma}: of two servers drawn by chance the one where a new connection is likely to be done
 * sooner: response time times connections, this one counted, per weight. The response time is a
 * moving average that jumps up at once to a slower answer and comes down slowly, so a server that
 * stalls is left within one answer (the peak EWMA of Finagle's balancers; the draw as {@link
 * PowerOfTwoChoices}).
 *
 * <p>What was not answered well is charged as a slow answer, ten times the present average, so that
 * a server which fails fast does not look like a fast one. A server that nobody has heard of yet is
 * tried with one connection at a time. Not in the kernel.
 */
final class PeakEwma implements Scheduler {
  @Override
  public String name() {
    return "ewma";
  }

  @Override
  public Selector prepare(ServerView servers, Setup setup) {
    List<ResponseTime> times =
        IntStream.range(0, servers.size()).mapToObj(i -> new ResponseTime()).toList();
    return new Drawing(servers, times, setup.random());
  }

  @Override
  public Selector update(Selector previous, ListUpdate update, Setup setup) {
    List<ResponseTime> times =
        update.carry(
            ((Drawing) previous).kept(), weight -> new ResponseTime(), (time, weight) -> time);
    return new Drawing(update.after(), times, setup.random());
  }

  private static final class Drawing implements ResponseAware {
    private final WeightedDraw draw;
    private final ResponseTime[] times;
    private final RandomGenerator random;

    /**
     * That of the latest answer; asking the clock for each choice would cost more than the rest.
     */
    private volatile int tick;

    Drawing(ServerView servers, List<ResponseTime> times, RandomGenerator random) {
      this.draw = new WeightedDraw(servers);
      this.times = times.toArray(new ResponseTime[0]);
      this.random = random;
    }

    List<ResponseTime> kept() {
      return List.of(times);
    }

    @Override
    public int select(ServerView servers, Flow flow) {
      long chance = random.nextLong();
      int first = draw.eligible(servers, chance);
      if (first == NONE) {
        return NONE;
      }
      int second = draw.another(servers, first, chance);
      boolean udp = flow.protocol() == Protocol.UDP;
      return cost(servers, second, udp) < cost(servers, first, udp) ? second : first;
    }

    private double cost(ServerView servers, int index, boolean udp) {
      int open = servers.active(index) + (udp ? servers.inactive(index) : 0);
      return times[index].expected(tick, open) * (open + 1.0) / servers.weight(index);
    }

    @Override
    public void responded(ServerView servers, int index, long nanos, long now, boolean failed) {
      int end = ResponseTime.tick(now);
      if (end - tick > 0) {
        tick = end;
      }
      times[index].add(nanos, end, failed);
    }
  }
}
