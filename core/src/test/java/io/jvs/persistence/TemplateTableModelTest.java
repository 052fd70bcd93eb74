package io.jvs.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.Flow;
import io.jvs.model.Persistence.SourceNetwork;
import io.jvs.model.SocketAddresses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Against a model with a real timer for each template, which fires at its moment: the table, which
 * has none, must come to the same answers.
 */
class TemplateTableModelTest {
  private static final int CLIENTS = 300;

  /** A template as the kernel has it. */
  private static final class Timed {
    final String server;
    long timeout;
    long fires;
    int connections;

    Timed(String server, long timeout, long now) {
      this.server = server;
      this.timeout = timeout;
      this.fires = now + timeout;
    }
  }

  /** An open connection: the real template and that of the model. */
  private record Open(Template<String> real, Timed model) {}

  @Property(tries = 60)
  void the_table_follows_the_kernels_timers(@ForAll long seed) {
    SplittableRandom chance = new SplittableRandom(seed);
    TemplateWorld world =
        new TemplateWorld(new SourceNetwork(Duration.ofSeconds(20), 32, 128), 1_000_000);
    Map<Flow, Timed> model = new HashMap<>();
    List<Flow> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      String ip = i % 3 == 0 ? "[2001:db8::" + Integer.toHexString(i) + "]:1" : "10.0.0." + i % 200;
      clients.add(TemplateWorld.from(i % 3 == 0 ? ip : ip + ":" + (1 + i)));
    }
    Map<String, Flow> canonical = new HashMap<>(); // the port does not tell clients apart
    clients.replaceAll(flow -> canonical.computeIfAbsent(address(flow), a -> flow));
    List<Open> open = new ArrayList<>();
    for (int step = 0; step < 2_000; step++) {
      long now = world.ticker.nanoTime();
      Flow flow = clients.get(chance.nextInt(CLIENTS));
      int dice = chance.nextInt(10);
      if (dice < 5) {
        Timed timed = model.get(flow);
        Template<String> real = world.find(flow);
        assertThat(real == null).as("seed %d step %d", seed, step).isEqualTo(timed == null);
        if (timed == null || real == null) {
          String server = "s" + chance.nextInt(5);
          timed = new Timed(server, 20_000_000_000L, now);
          model.put(flow, timed);
          real = world.remember(flow, server);
        }
        assertThat(real.server()).isEqualTo(timed.server);
        assertThat(real.connectionOpened(now)).isTrue();
        timed.connections++;
        timed.fires = now + timed.timeout;
        open.add(new Open(real, timed));
      } else if (dice < 8 && !open.isEmpty()) {
        Open ended = open.remove(chance.nextInt(open.size()));
        ended.real().connectionClosed(now);
        ended.model().connections--;
      } else if (dice == 8) {
        pass(world, model, chance.nextInt(30) * 1_000_000_000L);
      } else {
        pass(world, model, chance.nextInt(1000) * 1_000_000L);
      }
    }
    world.table.expire(world.ticker.nanoTime());
    assertThat(world.table.size()).isEqualTo(model.size());
    model.forEach(
        (flow, timed) -> {
          Template<String> real = world.find(flow);
          assertThat(real).as("%s", flow).isNotNull();
          assertThat(real.remainingNanos(world.ticker.nanoTime()))
              .isEqualTo(timed.fires - world.ticker.nanoTime());
        });
    Map<String, Integer> perServer = new HashMap<>();
    model.values().forEach(timed -> perServer.merge(timed.server, 1, Integer::sum));
    world.counts.forEach(
        (server, count) ->
            assertThat(count).as(server).isEqualTo(perServer.getOrDefault(server, 0)));
  }

  private static String address(Flow flow) {
    return SocketAddresses.class.getName() + flow.clientHigh() + "/" + flow.clientLow();
  }

  /** Time passes; timers fire at their moments. */
  private static void pass(TemplateWorld world, Map<Flow, Timed> model, long nanos) {
    long now = world.ticker.nanoTime() + nanos;
    world.ticker.advance(Duration.ofNanos(nanos));
    for (Iterator<Timed> each = model.values().iterator(); each.hasNext(); ) {
      Timed timed = each.next();
      while (timed.fires <= now && timed.connections > 0) {
        timed.timeout = 60_000_000_000L;
        timed.fires += timed.timeout;
      }
      if (timed.fires <= now) {
        each.remove();
      }
    }
  }
}
