package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import io.jvs.transport.udp.VirtualLoop.Sent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/**
 * The life of flows beside a model that says what each datagram must do. The model knows flows by
 * what can be seen of them: a source port and a server.
 */
class FlowLogicTest {
  private static final int CLIENTS = 40;
  private static final int SERVERS = 3;
  private static final int MAX_FLOWS = 16;
  private static final int MAX_PORTS = 64;
  private static final int RETRY_TICKS = 6; // of half a second
  private static final int TIMEOUT_TICKS = 21; // of two seconds: none is shorter than that

  @Property(tries = 200)
  void every_datagram_takes_the_way_of_its_flow(@ForAll long seed) throws IOException {
    World world = new World(new Random(seed));
    for (int step = 0; step < 400; step++) {
      world.step();
      assertThat(world.loop.flows()).as("flows").isEqualTo(world.live.size());
      assertThat(world.loop.balancer().status().connections())
          .as("connections")
          .isEqualTo(world.onePacket ? 0 : world.live.size());
    }
    assertThat(world.loop.evicted()).isEqualTo(world.evicted);
    assertThat(world.loop.strays()).isEqualTo(world.strays);
    assertThat(world.loop.withoutPort()).isZero();
    world.loop.close();
  }

  /** What a server owes for one question. */
  private static final class Owed {
    final int question;
    int answers;

    Owed(int question, int answers) {
      this.question = question;
      this.answers = answers;
    }
  }

  private static final class Flow {
    final InetSocketAddress client;
    final List<Owed> owed = new ArrayList<>(); // what is kept of it
    final Set<InetSocketAddress> tried = new HashSet<>();
    int socket;
    InetSocketAddress server;
    int expected;
    boolean answered;
    long moved;
    long silentSince;

    Flow(InetSocketAddress client, Sent sent) {
      this.client = client;
      this.socket = sent.socket();
      this.server = sent.to();
      this.tried.add(server);
    }

    boolean is(int otherSocket, InetSocketAddress otherServer) {
      return socket == otherSocket && server.equals(otherServer);
    }
  }

  private static final class World {
    final Random random;
    final VirtualLoop loop;
    final int responses;
    final @Nullable Duration retryAfter;
    final boolean onePacket;
    final List<Flow> live = new ArrayList<>(); // the one first that has been idle for longest
    final List<Flow> waiting = new ArrayList<>(); // for servers, the one first that waits longest
    final List<Sent> ways = new ArrayList<>(); // all that ever were, so that answers can be late
    long now;
    int questions;
    long evicted;
    long strays;

    World(Random random) throws IOException {
      this.random = random;
      this.responses = List.of(-1, -1, 1, 3).get(random.nextInt(4));
      this.retryAfter = random.nextBoolean() ? Duration.ofMillis(500) : null;
      this.onePacket = random.nextInt(3) == 0;
      VirtualService.Builder service =
          VirtualService.udp(VirtualLoop.VIRTUAL)
              .name("dns")
              .onePacket(onePacket)
              .attempts(SERVERS)
              .scheduler(random.nextBoolean() ? "rr" : "wlc")
              .timeouts(Rig.idle(Duration.ofSeconds(2)))
              .transportOptions(
                  UdpOptions.DEFAULT.withResponses(responses).withRetryAfter(retryAfter));
      for (int i = 1; i <= SERVERS; i++) {
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
      int question = 0x1_0001 * questions++; // its first two bytes and its last two
      loop.ask(client, question);

      List<Sent> sent = loop.sent();
      assertThat(sent).as("what goes to a server").hasSize(1);
      Sent way = sent.get(0);
      assertThat(way.payload()).isEqualTo(question);
      Flow flow = onePacket ? null : find(client);
      if (flow == null) {
        if (live.size() == MAX_FLOWS) {
          end(victim());
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
      flow.expected += Math.max(0, responses);
      if (responses > 0 || !flow.answered) {
        flow.owed.add(new Owed(question, responses));
        if (!waiting.contains(flow)) {
          waits(flow);
        }
      }
    }

    private void answer() {
      if (ways.isEmpty()) {
        return;
      }
      Sent way = ways.get(Math.max(0, ways.size() - 1 - random.nextInt(2 * MAX_FLOWS)));
      Flow flow = find(way.socket(), way.to());
      Owed meant = flow == null ? null : anyOwed(flow);
      int answer = meant == null ? 0xFFFF_0007 : (meant.question & 0xFFFF_0000) | 7;
      loop.answer(way.socket(), way.to(), answer);

      List<Sent> sent = loop.sent();
      if (flow == null) {
        strays++;
        assertThat(sent).as("a late answer goes nowhere").isEmpty();
      } else {
        assertThat(sent).containsExactly(new Sent(0, flow.client, answer));
        moved(flow);
        flow.tried.clear(); // those before may be tried again
        flow.tried.add(flow.server);
        if (!flow.answered) {
          flow.answered = true;
          live.remove(flow); // among those with answers it is the newest
          live.add(flow);
        }
        settle(flow, meant);
      }
    }

    /** Null for an answer that does not tell what it answers. */
    private @Nullable Owed anyOwed(Flow flow) {
      return flow.owed.isEmpty() || random.nextInt(4) == 0
          ? null
          : flow.owed.get(random.nextInt(flow.owed.size()));
    }

    /** What is owed less, by an answer to this question or to the first one. */
    private void settle(Flow flow, @Nullable Owed meant) {
      if (responses < 0) {
        flow.owed.clear();
        waiting.remove(flow);
        return;
      }
      if (!flow.owed.isEmpty()) {
        Owed settled = meant == null ? flow.owed.get(0) : meant;
        if (--settled.answers == 0) {
          flow.owed.remove(settled);
        }
      }
      waits(flow);
      if (--flow.expected == 0) {
        end(flow);
      }
    }

    private void unreachable() {
      if (live.isEmpty()) {
        return;
      }
      Flow flow = live.get(random.nextInt(live.size()));
      loop.unreachable(flow.socket, flow.server);
      List<Sent> sent = new ArrayList<>(loop.sent());
      moveOn(flow, sent);
      assertThat(sent).as("more than is owed").isEmpty();
    }

    /** What was sent first is all that is owed; or nothing if nobody is left to be asked. */
    private void moveOn(Flow flow, List<Sent> sent) {
      if (flow.owed.isEmpty() || flow.tried.size() == SERVERS) {
        end(flow);
        return;
      }
      assertThat(sent).as("second tries").hasSizeGreaterThanOrEqualTo(flow.owed.size());
      Sent way = sent.get(0);
      for (Owed each : flow.owed) {
        assertThat(sent.remove(0))
            .as("what was asked, in this order")
            .isEqualTo(new Sent(way.socket(), way.to(), each.question));
        each.answers = responses;
      }
      assertThat(flow.tried.add(way.to())).as("another server").isTrue();
      assertThat(find(way.socket(), way.to())).as("somebody else's way").isNull();
      flow.socket = way.socket();
      flow.server = way.to();
      flow.expected = flow.owed.size() * Math.max(0, responses);
      ways.add(way);
      if (flow.answered) { // not by this one
        flow.answered = false;
        live.remove(flow);
        live.add(flow);
      }
      moved(flow);
      waits(flow);
    }

    private void pass(int ticks) {
      for (int i = 0; i < ticks && loop.tick(); i++) {
        now++;
        live.stream().filter(flow -> now - flow.moved >= TIMEOUT_TICKS).toList().forEach(this::end);
        List<Sent> sent = new ArrayList<>(loop.sent());
        while (retryAfter != null
            && !waiting.isEmpty()
            && now - waiting.get(0).silentSince >= RETRY_TICKS) {
          moveOn(waiting.get(0), sent);
        }
        assertThat(sent).as("what nobody waits for").isEmpty();
        assertThat(loop.flows()).isEqualTo(live.size());
      }
    }

    private void waits(Flow flow) {
      waiting.remove(flow);
      waiting.add(flow);
      flow.silentSince = now;
    }

    private void end(Flow flow) {
      live.remove(flow);
      waiting.remove(flow);
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
