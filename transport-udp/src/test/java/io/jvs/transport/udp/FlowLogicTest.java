package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import io.jvs.transport.udp.VirtualLoop.Sent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/**
 * The life of flows beside a model that says what each datagram must do. The model knows flows by
 * what can be seen of them: a source port and a server.
 */
class FlowLogicTest {
  private static final int CLIENTS = 40;
  private static final int MAX_FLOWS = 16;
  private static final int MAX_PORTS = 64;
  private static final int TIMEOUT_TICKS = 21; // of two seconds: none is shorter than that

  @Property(tries = 200)
  void every_datagram_takes_the_way_of_its_flow(@ForAll long seed) throws IOException {
    World world = new World(new Random(seed));
    for (int step = 0; step < 400; step++) {
      world.step();
      assertThat(world.loop.flows()).as("flows").isEqualTo(world.live.size());
      assertThat(world.loop.balancer().status().connections())
          .as("connections")
          .isEqualTo(world.live.size());
    }
    assertThat(world.loop.evicted()).isEqualTo(world.evicted);
    assertThat(world.loop.strays()).isEqualTo(world.strays);
    assertThat(world.loop.withoutPort()).isZero();
    world.loop.close();
  }

  private static final class Flow {
    final InetSocketAddress client;
    int socket;
    InetSocketAddress server;
    int question;
    boolean answered;
    long moved;

    Flow(InetSocketAddress client, Sent sent) {
      this.client = client;
      this.socket = sent.socket();
      this.server = sent.to();
    }

    boolean is(int otherSocket, InetSocketAddress otherServer) {
      return socket == otherSocket && server.equals(otherServer);
    }
  }

  private static final class World {
    final Random random;
    final VirtualLoop loop;
    final List<Flow> live = new ArrayList<>(); // the one first that has been idle for longest
    final List<Sent> ways = new ArrayList<>(); // all that ever were, so that answers can be late
    long now;
    int questions;
    long evicted;
    long strays;

    World(Random random) throws IOException {
      this.random = random;
      VirtualService.Builder service =
          VirtualService.udp(VirtualLoop.VIRTUAL)
              .name("dns")
              .scheduler(random.nextBoolean() ? "rr" : "wlc")
              .timeouts(Rig.idle(Duration.ofSeconds(2)));
      for (int i = 1; i <= 3; i++) {
        service.realServer(RealServer.of("192.0.2.10" + i + ":53"));
      }
      this.loop = new VirtualLoop(service.build(), MAX_FLOWS, MAX_PORTS);
    }

    void step() {
      switch (random.nextInt(14)) {
        case 0, 1, 2, 3, 10, 11, 12, 13 -> ask(VirtualLoop.client(random.nextInt(CLIENTS)));
        case 4, 5, 6 -> answer();
        case 7 -> unreachable();
        default -> pass(1 + random.nextInt(5));
      }
    }

    private void ask(InetSocketAddress client) {
      int question = questions++;
      loop.ask(client, question);

      List<Sent> sent = loop.sent();
      assertThat(sent).as("what goes to a server").hasSize(1);
      Sent way = sent.get(0);
      assertThat(way.payload()).isEqualTo(question);
      Flow flow = find(client);
      if (flow == null) {
        if (live.size() == MAX_FLOWS) {
          live.remove(victim());
          evicted++;
        }
        assertThat(find(way.socket(), way.to())).as("somebody else's way").isNull();
        flow = new Flow(client, way);
        live.add(flow);
        ways.add(way);
        flow.moved = now;
      } else {
        assertThat(flow.is(way.socket(), way.to())).as("its way").isTrue();
        moved(flow);
      }
      flow.question = question;
    }

    private void answer() {
      if (ways.isEmpty()) {
        return;
      }
      Sent way = ways.get(Math.max(0, ways.size() - 1 - random.nextInt(2 * MAX_FLOWS)));
      loop.answer(way.socket(), way.to(), 7);

      Flow flow = find(way.socket(), way.to());
      List<Sent> sent = loop.sent();
      if (flow == null) {
        strays++;
        assertThat(sent).as("a late answer goes nowhere").isEmpty();
      } else {
        assertThat(sent).containsExactly(new Sent(0, flow.client, 7));
        moved(flow);
        if (!flow.answered) {
          flow.answered = true;
          live.remove(flow); // among those with answers it is the newest
          live.add(flow);
        }
      }
    }

    private void unreachable() {
      if (live.isEmpty()) {
        return;
      }
      Flow flow = live.get(random.nextInt(live.size()));
      loop.unreachable(flow.socket, flow.server);

      List<Sent> sent = loop.sent();
      if (flow.answered || sent.isEmpty()) { // nobody is left who was not asked
        assertThat(sent).isEmpty();
        live.remove(flow);
        return;
      }
      Sent way = sent.get(0);
      assertThat(sent).hasSize(1);
      assertThat(way.payload()).as("what was asked last").isEqualTo(flow.question);
      assertThat(way.to()).as("another server").isNotEqualTo(flow.server);
      assertThat(find(way.socket(), way.to())).as("somebody else's way").isNull();
      flow.socket = way.socket();
      flow.server = way.to();
      ways.add(way);
      moved(flow);
    }

    private void pass(int ticks) {
      for (int i = 0; i < ticks && loop.tick(); i++) {
        now++;
        live.removeIf(flow -> now - flow.moved >= TIMEOUT_TICKS);
        assertThat(loop.flows()).isEqualTo(live.size());
      }
    }

    private void moved(Flow flow) {
      if (flow.moved != now) { // within one tick the order does not matter
        flow.moved = now;
        live.remove(flow);
        live.add(flow);
      }
    }

    /** One without an answer if those are more than an eighth, else one with. */
    private Flow victim() {
      boolean unansweredFirst =
          live.stream().filter(flow -> !flow.answered).count() > live.size() / 8;
      return live.stream()
          .filter(flow -> flow.answered != unansweredFirst)
          .findFirst()
          .orElseGet(() -> live.get(0));
    }

    private @Nullable Flow find(InetSocketAddress client) {
      return live.stream().filter(flow -> flow.client.equals(client)).findFirst().orElse(null);
    }

    private @Nullable Flow find(int socket, InetSocketAddress server) {
      return live.stream().filter(flow -> flow.is(socket, server)).findFirst().orElse(null);
    }
  }
}
