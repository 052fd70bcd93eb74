package io.jvs.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.jvs.balancing.Connection;
import io.jvs.balancing.LoadBalancer;
import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import io.jvs.scheduling.Schedulers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every scheduler and every form of persistence, through this transport. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class PoliciesTest {
  private static final int CLIENTS = 24;

  /** They draw lots, if only for where to begin, or look at times and bytes. */
  private static final Set<String> UNPREDICTABLE = Set.of("p2c", "twos", "swrr", "ewma", "wlib");

  static List<String> schedulers() {
    return Schedulers.builtIn().names();
  }

  /** The same flows in the same order: the same servers as the load balancer alone gives. */
  @ParameterizedTest
  @MethodSource("schedulers")
  void flows_get_the_servers_that_their_scheduler_chooses_and_keep_them(String scheduler)
      throws IOException {
    try (Peer one = Peer.server();
        Peer two = Peer.server();
        Peer three = Peer.server();
        Rig rig =
            Rig.of(
                UdpTransport.builder().engine(UdpEngine.EPOLL).eventLoopThreads(1),
                service -> service.scheduler(scheduler),
                one,
                two,
                three)) {
      LoadBalancer alone = LoadBalancer.builder(rig.service).build();
      List<Peer> servers = List.of(one, two, three);
      for (int i = 0; i < CLIENTS; i++) {
        Peer client = rig.client();
        Peer chosen = ask(rig, client, servers);

        if (UNPREDICTABLE.contains(scheduler)) {
          assertThat(servers).contains(chosen);
        } else {
          Flow flow = Flow.udp(client.address(), rig.address);
          assertThat(alone.admit(flow))
              .as("client %d", i)
              .isInstanceOfSatisfying(
                  Connection.class,
                  connection -> assertThat(chosen.address()).isEqualTo(connection.address()));
        }
        client.send(rig.address, "again");
        assertThat(chosen.receive().text()).isEqualTo("again");
      }
      assertThat(rig.flows()).isEqualTo(CLIENTS);
      assertThat(rig.balancer.status().connections()).isEqualTo(CLIENTS);
    }
  }

  static Stream<Arguments> persistence() {
    Duration time = Duration.ofMinutes(1);
    return Stream.of(
        arguments("the client's address", Persistence.sourceAddress(time), "127.0.0.1", true),
        arguments("its network", new Persistence.SourceNetwork(time, 24, 64), "127.0.0.77", true),
        arguments(
            "another network", new Persistence.SourceNetwork(time, 24, 64), "127.0.9.1", false),
        arguments("another address", Persistence.sourceAddress(time), "127.0.0.77", false),
        arguments("address and port", Persistence.sourcePort(time), "127.0.0.1", false));
  }

  /** With {@code rr} a second client would have another server. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("persistence")
  void who_comes_again_has_the_server_that_persistence_says(
      String name, Persistence persistence, String secondClient, boolean same) throws IOException {
    for (boolean onePacket : new boolean[] {false, true}) {
      try (Peer one = Peer.server();
          Peer two = Peer.server();
          Peer second = Peer.at(secondClient);
          Rig rig =
              Rig.of(
                  UdpTransport.builder().engine(UdpEngine.EPOLL).eventLoopThreads(1),
                  service -> options(service, persistence, onePacket),
                  one,
                  two)) {
        List<Peer> servers = List.of(one, two);
        Peer first = rig.client();
        Peer chosen = ask(rig, first, servers);
        Peer forSecond = ask(rig, second, servers);
        assertThat(forSecond == chosen).as("the same server").isEqualTo(same);

        for (int i = 0; i < 3; i++) { // each a new flow
          assertThat(ask(rig, first, servers)).as("whoever came between").isSameAs(chosen);
          ask(rig, rig.client(), servers);
        }
        RealServer away = chosen.realServer().withWeight(0);
        Peer other = chosen == one ? two : one;
        rig.apply(rig.service.toBuilder().realServers(List.of(away, other.realServer())).build());
        assertThat(ask(rig, first, servers)).as("quiesced, and yet remembered").isSameAs(chosen);

        rig.apply(rig.service.toBuilder().realServers(List.of(other.realServer())).build());
        assertThat(ask(rig, first, servers)).as("its server is gone").isSameAs(other);
      }
    }
  }

  private static VirtualService.Builder options(
      VirtualService.Builder service, Persistence persistence, boolean onePacket) {
    return service
        .persistence(persistence)
        .onePacket(onePacket)
        .transportOptions(UdpOptions.DEFAULT.withResponses(1));
  }

  /** A question and its answer; who got it. */
  private static Peer ask(Rig rig, Peer client, List<Peer> servers) throws IOException {
    long[] before = servers.stream().mapToLong(server -> opened(rig, server)).toArray();
    client.send(rig.address, "question");
    long sum = LongStream.of(before).sum();
    Rig.await(
        "a flow", () -> servers.stream().mapToLong(server -> opened(rig, server)).sum() > sum);
    for (int i = 0; i < servers.size(); i++) {
      Peer server = servers.get(i);
      if (opened(rig, server) > before[i]) {
        Peer.Received asked = server.receive();
        InetSocketAddress from = asked.from();
        server.send(from, "answer");
        assertThat(client.receive().text()).isEqualTo("answer");
        int most = rig.service.onePacket() || responses(rig) == 1 ? 0 : Integer.MAX_VALUE;
        Rig.await("its flow is over", () -> rig.flows() <= most);
        return server;
      }
    }
    throw new AssertionError("nobody was asked");
  }

  private static int responses(Rig rig) {
    return UdpOptions.of(rig.service).responses();
  }

  private static long opened(Rig rig, Peer server) {
    var status = rig.balancer.status(server.address());
    return status == null ? 0 : status.opened();
  }
}
