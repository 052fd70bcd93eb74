package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.RealServer;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.transport.udp.VirtualLoop.Sent;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What many clients may take, whoever they are. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class FlowBoundsTest {
  private static final int REGULARS = 100;
  private static final int SERVERS = 16;

  private final List<VirtualLoop> loops = new ArrayList<>();

  @AfterEach
  void closeLoops() {
    loops.forEach(VirtualLoop::close);
  }

  private VirtualLoop loop(VirtualService service, int maxFlows, int maxPorts) throws IOException {
    VirtualLoop loop = new VirtualLoop(service, maxFlows, maxPorts);
    loops.add(loop);
    return loop;
  }

  @Test
  void a_flood_takes_no_more_than_its_bounds_and_clients_with_answers_keep_their_flows()
      throws IOException {
    VirtualLoop loop = loop(service(SERVERS), 10_000, 2_000);
    List<Sent> ways = new ArrayList<>();
    for (int i = 0; i < REGULARS; i++) {
      loop.ask(VirtualLoop.client(i), i);
      Sent way = loop.sent().get(0);
      ways.add(way);
      loop.answer(way.socket(), way.to(), i);
      loop.sent();
    }
    for (int i = 0; i < 1_000_000; i++) {
      loop.ask(VirtualLoop.client(REGULARS + i), i);
      if (i % 1_000 == 0) {
        loop.tick();
        assertThat(loop.flows()).isLessThanOrEqualTo(10_000);
        Sent way = ways.get(i / 1_000 % REGULARS);
        loop.sent();
        loop.answer(way.socket(), way.to(), 4711);
        assertThat(loop.sent())
            .as("the answer for a regular client")
            .containsExactly(new Sent(0, VirtualLoop.client(i / 1_000 % REGULARS), 4711));
      }
      loop.sent();
    }
    assertThat(loop.evicted()).isEqualTo(1_000_000 + REGULARS - 10_000);
    assertThat(loop.ports()).isLessThanOrEqualTo(2_000);
    for (int i = 0; i < REGULARS; i++) {
      loop.ask(VirtualLoop.client(i), -i);
      assertThat(loop.sent()).containsExactly(new Sent(ways.get(i).socket(), ways.get(i).to(), -i));
    }
    assertThat(loop.withoutPort()).isZero();
  }

  /** As many as Linux tells of its own accord, since the addresses may be anybody's. */
  @Test
  void a_flood_that_finds_no_server_has_few_of_its_clients_told_so() throws IOException {
    VirtualLoop loop = loop(service(0), 10, 10);
    for (int i = 0; i < 5_000; i++) {
      loop.ask(VirtualLoop.client(i), i);
    }
    assertThat(loop.told()).isEqualTo(100);
    loop.pass();
    for (int i = 0; i < 30; i++) {
      loop.ask(VirtualLoop.client(i), i);
    }
    assertThat(loop.told()).isEqualTo(130);
    assertThat(loop.flows()).isZero();
  }

  @Test
  void when_ports_run_out_before_flows_the_oldest_flow_to_that_server_gives_its_port()
      throws IOException {
    VirtualLoop loop = loop(service(1), 1_000, 4);
    loop.ask(VirtualLoop.client(0), 0);
    Sent regular = loop.sent().get(0);
    loop.answer(regular.socket(), regular.to(), 0);
    for (int i = 1; i <= 100; i++) {
      loop.sent();
      loop.ask(VirtualLoop.client(i), i);
      assertThat(loop.sent()).as("client %d", i).hasSize(1);
    }
    assertThat(loop.flows()).isEqualTo(4);
    assertThat(loop.evicted()).isEqualTo(97);

    loop.answer(regular.socket(), regular.to(), 1);

    assertThat(loop.sent()).containsExactly(new Sent(0, VirtualLoop.client(0), 1));
  }

  @ParameterizedTest(name = "{0} flows, {1} ports, {2} servers")
  @CsvSource({"400,2000,16", "1000,40,1"})
  void a_client_that_is_new_keeps_its_flow_until_it_is_answered_when_all_others_were(
      int flows, int ports, int servers) throws IOException {
    VirtualLoop loop = loop(service(servers), flows, ports);
    int most = Math.min(flows, ports);
    for (int i = 0; i < most; i++) {
      loop.ask(VirtualLoop.client(i), i);
      Sent way = loop.sent().get(0);
      loop.answer(way.socket(), way.to(), i);
      loop.sent();
    }
    for (int i = most; i < 10 * most; i += 4) {
      List<Sent> ways = new ArrayList<>();
      for (int k = 0; k < 4; k++) {
        loop.ask(VirtualLoop.client(i + k), i + k);
        ways.addAll(loop.sent());
      }
      for (int k = 0; k < 4; k++) {
        loop.answer(ways.get(k).socket(), ways.get(k).to(), 7);
        assertThat(loop.sent()).containsExactly(new Sent(0, VirtualLoop.client(i + k), 7));
      }
    }
    assertThat(loop.flows()).isEqualTo(most);
    assertThat(loop.strays()).isZero();
  }

  @Test
  void of_many_questions_of_a_flow_the_last_ones_are_asked_again() throws IOException {
    VirtualLoop loop = loop(service(2), 1_000, 4);
    for (int i = 0; i < 100; i++) {
      loop.ask(VirtualLoop.client(0), i);
    }
    Sent way = loop.sent().get(0);

    loop.unreachable(way.socket(), way.to());

    assertThat(loop.sent())
        .extracting(Sent::payload)
        .isEqualTo(IntStream.range(100 - Questions.MOST_OF_FLOW, 100).boxed().toList());
  }

  @ParameterizedTest(name = "{0} questions of {1} bytes")
  @CsvSource({"200,60000", "70000,4"})
  void when_questions_take_too_much_memory_the_next_ones_have_one_try(int questions, int bytes)
      throws IOException {
    VirtualLoop loop = loop(service(2), 100_000, 100_000);
    int most = Questions.MOST_BYTES / (bytes + 128);
    for (int round = 0; round < 2; round++) { // what is given back is there for others
      List<Sent> ways = new ArrayList<>();
      for (int i = 0; i < questions; i++) {
        loop.ask(VirtualLoop.client(round * questions + i), i, bytes);
        ways.addAll(loop.sent());
      }
      int movedOn = 0;
      for (Sent way : ways) {
        loop.unreachable(way.socket(), way.to());
        movedOn += loop.sent().size();
      }
      assertThat(movedOn).isBetween(most * 9 / 10, most);
      assertThat(loop.flows()).isEqualTo(movedOn);
      loop.endAll();
    }
  }

  @Test
  void nobody_gives_a_port_that_the_one_who_wants_it_could_not_use() throws IOException {
    VirtualLoop loop = loop(service(1), 1_000, 4);
    for (int i = 0; i < 4; i++) {
      loop.ask(VirtualLoop.client(i), i);
    }
    VirtualService passing = // which needs sockets with another option
        service(1).toBuilder()
            .name("passing")
            .address(VirtualAddress.udp("192.0.2.9", 53))
            .transportOptions(UdpOptions.DEFAULT.withPassTos(true))
            .build();
    int socket = loop.carry(passing);
    loop.sent();

    loop.ask(socket, VirtualLoop.client(5), 5);

    assertThat(loop.sent()).isEmpty();
    assertThat(loop.withoutPort()).isEqualTo(1);
    assertThat(loop.evicted()).isZero();
    assertThat(loop.flows()).isEqualTo(4);
  }

  @Test
  void the_last_datagram_of_a_flow_has_left_before_its_own_port_is_closed() throws IOException {
    UdpOptions oneWay =
        UdpOptions.DEFAULT.withResponses(0).withOutgoing(new UdpOptions.Outgoing(List.of(), true));
    VirtualLoop loop = loop(service(1).toBuilder().transportOptions(oneWay).build(), 10, 10);
    for (int i = 0; i < 20; i++) {
      loop.ask(VirtualLoop.client(i), i);
      assertThat(loop.sent()).extracting(Sent::payload).containsExactly(i);
    }
    assertThat(loop.ports()).isZero();
  }

  @Test
  void of_several_that_are_too_long_each_is_sent_once_more() throws IOException {
    VirtualLoop loop = loop(service(1), 10, 10);
    for (int i = 0; i < 3; i++) {
      loop.ask(VirtualLoop.client(0), i, 30_000);
    }
    Sent way = loop.sent().get(0);
    for (int i = 0; i < 4; i++) {
      loop.tooLong(way.socket(), way.to());
    }
    assertThat(loop.sent()).extracting(Sent::payload).containsExactly(0, 1, 2);
    assertThat(loop.tooLong()).isEqualTo(1);
    assertThat(loop.flows()).isEqualTo(1);
  }

  @Test
  void ports_of_a_rush_are_closed_when_nobody_has_used_them_for_a_minute() throws IOException {
    VirtualLoop loop = loop(service(1), 1_000, 1_000);
    for (int i = 0; i < 500; i++) {
      loop.ask(VirtualLoop.client(i), i);
    }
    assertThat(loop.ports()).isEqualTo(500);
    InetSocketAddress regular = VirtualLoop.client(500);
    for (int tick = 0; tick < 650; tick++) {
      loop.ask(regular, tick);
      loop.tick();
    }
    assertThat(loop.ports()).as("ports while a client goes on").isBetween(1, 501);
    while (loop.tick()) {
      assertThat(loop.flows()).isLessThanOrEqualTo(1);
    }
    assertThat(loop.ports()).isZero();
    loop.sent();

    loop.ask(regular, 1);

    assertThat(loop.sent()).hasSize(1);
  }

  @Test
  void a_flow_with_an_answer_takes_less_than_a_kilobyte() throws IOException {
    int flows = 20_000;
    VirtualLoop loop = loop(service(SERVERS), flows, 2_000);
    long before = used();
    for (int i = 0; i < flows; i++) {
      loop.ask(VirtualLoop.client(i), i);
      Sent way = loop.sent().get(0);
      loop.answer(way.socket(), way.to(), i);
      loop.sent();
    }
    double each = (double) (used() - before) / flows;
    assertThat(loop.flows()).isEqualTo(flows);
    assertThat(each).as("bytes of heap for each flow").isBetween(50.0, 600.0);
  }

  /** What is reachable. */
  private static long used() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }

  private static VirtualService service(int servers) {
    VirtualService.Builder service =
        VirtualService.udp(VirtualLoop.VIRTUAL)
            .name("dns")
            .scheduler("rr")
            .timeouts(Rig.idle(Duration.ofSeconds(30)));
    for (int i = 0; i < servers; i++) {
      service.realServer(RealServer.of("192.0.2." + (100 + i) + ":53"));
    }
    return service.build();
  }
}
