package io.jvs.testkit;

import static io.jvs.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.balancing.LoadBalancer;
import io.jvs.director.Director;
import io.jvs.model.AddressFamily;
import io.jvs.model.RealServer;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.transport.Transport;
import io.jvs.transport.TransportException;
import io.jvs.transport.UnsupportedServiceException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What every transport promises, tried over real sockets on loopback. It knows no protocol: a
 * client asks something through a virtual address, and the real server that gets it answers with
 * its name. {@link TcpTransportContract} fills that in for TCP.
 */
public interface TransportContract {
  /** Enough for those clients that end in time; a drain that hangs would be seen. */
  Duration LONG_DRAIN = Duration.ofSeconds(20);

  /** A transport that carries nothing yet. The test closes it. */
  Transport newTransport();

  /** A real server at this address that answers each question with its name. */
  Server startServer(String name, InetAddress ip);

  /**
   * A new client of a virtual address, with one flow or connection of its own.
   *
   * @throws IOException if the address does not take it
   */
  Client connect(InetSocketAddress virtual) throws IOException;

  /** An address with this IP that nobody has, for a virtual service. */
  InetSocketAddress freeAddress(InetAddress ip);

  /** A definition of the transport's protocol at this address. */
  VirtualService.Builder service(InetSocketAddress address);

  /** Takes an address away from the transport, until it is closed. */
  AutoCloseable occupy(InetSocketAddress address) throws IOException;

  /** A service that the transport cannot carry. */
  default VirtualService unsupported() {
    return VirtualService.at(VirtualAddress.firewallMark(7, AddressFamily.IPV4))
        .name("unsupported")
        .realServer("127.0.0.1:9")
        .build();
  }

  /** One flow of a client. */
  interface Client extends AutoCloseable {
    /**
     * Sends something and waits for the answer, not for ever.
     *
     * @return the name of the real server that answered
     * @throws IOException if there is no answer, or the flow was reset
     */
    String ask() throws IOException;

    /** Ends the flow in good order. */
    @Override
    void close() throws IOException;
  }

  /** A real server of a test. */
  interface Server extends AutoCloseable {
    RealServer realServer();

    @Override
    void close();
  }

  @Test
  default void clients_reach_the_real_server_over_IPv4() throws Exception {
    reachOver("127.0.0.1");
  }

  @Test
  default void clients_reach_the_real_server_over_IPv6() throws Exception {
    reachOver("::1");
  }

  private void reachOver(String ip) throws Exception {
    try (CarriedServices carried = new CarriedServices(newTransport());
        Server a = startServer("a", FreeAddresses.ip(ip))) {
      InetSocketAddress vip = freeAddress(FreeAddresses.ip(ip));
      VirtualService web = service(vip).name("web").realServer(a.realServer()).build();
      carried.apply(web);
      try (Client client = connect(vip)) {
        assertThat(client.ask()).isEqualTo("a");
        assertThat(client.ask()).isEqualTo("a");
        assertThat(carried.balancer("web").status().connections()).isEqualTo(1);
      }
    }
  }

  @Test
  default void an_ended_flow_counts_no_more() throws Exception {
    try (CarriedServices carried = new CarriedServices(newTransport());
        Server a = startServer("a", loopback())) {
      InetSocketAddress vip = freeAddress(loopback());
      VirtualService web = service(vip).name("web").realServer(a.realServer()).build();
      carried.apply(web);
      try (Client client = connect(vip)) {
        assertThat(client.ask()).isEqualTo("a");
      }
      LoadBalancer balancer = carried.balancer("web");
      eventually(
          "no connection is counted",
          () -> balancer.status().connections() == 0,
          () -> balancer.status().connections());
    }
  }

  @Test
  default void the_same_services_again_change_nothing() throws Exception {
    try (CarriedServices carried = new CarriedServices(newTransport());
        Server a = startServer("a", loopback())) {
      InetSocketAddress vip = freeAddress(loopback());
      VirtualService web = service(vip).name("web").realServer(a.realServer()).build();
      carried.apply(web);
      try (Client before = connect(vip)) {
        assertThat(before.ask()).isEqualTo("a");

        carried.apply(web);
        carried.apply(web);

        assertThat(before.ask()).isEqualTo("a");
        assertAnswers(vip, "a");
      }
    }
  }

  @Test
  default void two_services_are_carried_side_by_side() throws Exception {
    try (CarriedServices carried = new CarriedServices(newTransport());
        Server a = startServer("a", loopback());
        Server b = startServer("b", loopback())) {
      InetSocketAddress one = freeAddress(loopback());
      InetSocketAddress two = freeAddress(loopback());
      carried.apply(
          service(one).name("one").realServer(a.realServer()).build(),
          service(two).name("two").realServer(b.realServer()).build());

      assertAnswers(one, "a");
      assertAnswers(two, "b");
    }
  }

  @Test
  default void an_unsupported_service_is_refused_before_anything_changes() throws Exception {
    try (CarriedServices carried = new CarriedServices(newTransport());
        Server a = startServer("a", loopback())) {
      InetSocketAddress vip = freeAddress(loopback());
      InetSocketAddress other = freeAddress(loopback());
      VirtualService web = service(vip).name("web").realServer(a.realServer()).build();
      VirtualService more = service(other).name("more").realServer(a.realServer()).build();
      carried.apply(web);

      assertThat(carried.transport.objection(unsupported())).isNotEmpty();
      assertThat(carried.transport.objection(web)).isEmpty();
      assertThatThrownBy(() -> carried.apply(more, unsupported()))
          .isInstanceOf(UnsupportedServiceException.class);

      assertAnswers(vip, "a");
      assertSilent(other);
    }
  }

  @Test
  default void an_unknown_scheduler_is_refused_before_anything_changes() throws Exception {
    try (Director director = Director.builder().transport(newTransport()).build();
        Server a = startServer("a", loopback())) {
      InetSocketAddress vip = freeAddress(loopback());
      InetSocketAddress other = freeAddress(loopback());
      VirtualService web = service(vip).name("web").realServer(a.realServer()).build();
      director.apply(List.of(web));

      VirtualService wrong =
          service(other).name("wrong").scheduler("no-such").realServer(a.realServer()).build();
      assertThatThrownBy(() -> director.apply(List.of(wrong)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no-such");

      assertAnswers(vip, "a");
      assertSilent(other);
    }
  }

  @Test
  default void a_removed_service_takes_nothing_new_and_its_present_flows_live_on()
      throws Exception {
    try (CarriedServices carried = new CarriedServices(newTransport());
        Server a = startServer("a", loopback())) {
      InetSocketAddress vip = freeAddress(loopback());
      carried.apply(service(vip).name("web").realServer(a.realServer()).build());
      try (Client present = connect(vip)) {
        assertThat(present.ask()).isEqualTo("a");

        carried.apply();

        assertSilent(vip);
        assertThat(present.ask()).isEqualTo("a");
      }
    }
  }

  @Test
  default void a_removed_service_may_come_back_at_the_same_address() throws Exception {
    try (CarriedServices carried = new CarriedServices(newTransport());
        Server a = startServer("a", loopback())) {
      InetSocketAddress vip = freeAddress(loopback());
      VirtualService web = service(vip).name("web").realServer(a.realServer()).build();
      carried.apply(web);
      try (Client present = connect(vip)) {
        assertThat(present.ask()).isEqualTo("a");

        carried.apply();
        carried.apply(web);

        assertAnswers(vip, "a");
        assertThat(present.ask()).isEqualTo("a");
      }
    }
  }

  @Test
  default void changed_added_and_removed_servers_keep_their_flows() throws Exception {
    try (CarriedServices carried = new CarriedServices(newTransport());
        Server a = startServer("a", loopback());
        Server b = startServer("b", loopback())) {
      InetSocketAddress vip = freeAddress(loopback());
      VirtualService onlyA =
          service(vip).name("web").scheduler("rr").realServer(a.realServer()).build();
      carried.apply(onlyA);
      try (Client toA = connect(vip)) {
        assertThat(toA.ask()).isEqualTo("a");

        carried.apply(
            onlyA.withWeight(a.realServer().address(), 0).toBuilder()
                .realServer(b.realServer())
                .build());
        assertThat(toA.ask()).as("quiesced").isEqualTo("a");
        assertAnswers(vip, "b");
        try (Client toB = connect(vip)) {
          assertThat(toB.ask()).isEqualTo("b");

          carried.apply(onlyA);
          assertThat(toB.ask()).as("removed").isEqualTo("b");
          assertThat(toA.ask()).isEqualTo("a");
          assertAnswers(vip, "a");
        }
      }
    }
  }

  @Test
  default void a_service_may_move_to_another_address() throws Exception {
    try (CarriedServices carried = new CarriedServices(newTransport());
        Server a = startServer("a", loopback())) {
      InetSocketAddress before = freeAddress(loopback());
      InetSocketAddress after = freeAddress(loopback());
      carried.apply(service(before).name("web").realServer(a.realServer()).build());
      try (Client present = connect(before)) {
        assertThat(present.ask()).isEqualTo("a");

        carried.apply(service(after).name("web").realServer(a.realServer()).build());

        assertAnswers(after, "a");
        assertSilent(before);
        assertThat(present.ask()).isEqualTo("a");
      }
    }
  }

  @Test
  default void an_address_in_use_leaves_all_as_before() throws Exception {
    try (CarriedServices carried = new CarriedServices(newTransport());
        Server a = startServer("a", loopback());
        Server b = startServer("b", loopback())) {
      InetSocketAddress vip = freeAddress(loopback());
      InetSocketAddress free = freeAddress(loopback());
      InetSocketAddress taken = freeAddress(loopback());
      VirtualService web = service(vip).name("web").realServer(a.realServer()).build();
      VirtualService good = service(free).name("good").realServer(b.realServer()).build();
      VirtualService bad = service(taken).name("bad").realServer(b.realServer()).build();
      carried.apply(web);
      try (Client present = connect(vip)) {
        assertThat(present.ask()).isEqualTo("a");

        try (AutoCloseable occupied = occupy(taken)) {
          assertThat(occupied).isNotNull();
          assertThatThrownBy(() -> carried.apply(good, bad)) // and web is to go
              .isInstanceOf(TransportException.class)
              .hasMessageContaining(Integer.toString(taken.getPort()));
        }

        assertAnswers(vip, "a");
        assertSilent(free);
        assertThat(present.ask()).isEqualTo("a");
        carried.apply(web, good, bad); // the way out works
        assertAnswers(taken, "b");
      }
    }
  }

  @Test
  default void open_flows_of_one_server_are_reset_when_that_is_asked_for() throws Exception {
    try (CarriedServices carried = new CarriedServices(newTransport());
        Server a = startServer("a", loopback());
        Server b = startServer("b", loopback())) {
      InetSocketAddress vip = freeAddress(loopback());
      VirtualService web =
          service(vip)
              .name("web")
              .scheduler("rr")
              .realServer(a.realServer())
              .realServer(b.realServer())
              .build();
      carried.apply(web);
      try (Client one = connect(vip);
          Client two = connect(vip)) {
        Client toA = one.ask().equals("a") ? one : two;
        Client toB = toA == one ? two : one;
        assertThat(toA.ask()).isEqualTo("a");
        assertThat(toB.ask()).isEqualTo("b");
        LoadBalancer balancer = carried.balancer("web");

        balancer.control().resetConnections(a.realServer().address(), "because of the test");

        eventually("it is reset", () -> !answers(toA), () -> "it answers");
        eventually(
            "only the other flow is counted",
            () -> balancer.status().connections() == 1,
            () -> balancer.status().connections());
        assertThat(toB.ask()).isEqualTo("b");
      }
      try (Client again = connect(vip);
          Client more = connect(vip)) {
        assertThat(List.of(again.ask(), more.ask())).containsExactlyInAnyOrder("a", "b");
      }
    }
  }

  @Test
  default void close_waits_for_flows_that_end_in_time() throws Exception {
    try (CarriedServices carried = new CarriedServices(newTransport());
        Server a = startServer("a", loopback())) {
      InetSocketAddress vip = freeAddress(loopback());
      carried.apply(service(vip).name("web").realServer(a.realServer()).build());
      CompletableFuture<Void> closed;
      try (Client present = connect(vip)) {
        assertThat(present.ask()).isEqualTo("a");

        closed = CompletableFuture.runAsync(() -> carried.transport.close(LONG_DRAIN));

        eventually("nothing new is taken", () -> !answers(vip), () -> "an answer");
        long until = System.nanoTime() + Duration.ofMillis(200).toNanos();
        while (System.nanoTime() - until < 0) { // a cut would come soon, not necessarily at once
          assertThat(present.ask()).isEqualTo("a");
        }
        assertThat(closed).isNotDone();
      }
      endFlows();
      closed.get(LONG_DRAIN.toMillis() / 2, TimeUnit.MILLISECONDS); // well before the deadline
    }
  }

  /**
   * Called when clients have closed their flows. A protocol without an end, such as UDP, may let
   * time pass here.
   */
  default void endFlows() {}

  @Test
  default void close_cuts_off_what_is_left_at_the_deadline() throws Exception {
    try (CarriedServices carried = new CarriedServices(newTransport());
        Server a = startServer("a", loopback())) {
      InetSocketAddress vip = freeAddress(loopback());
      carried.apply(service(vip).name("web").realServer(a.realServer()).build());
      try (Client present = connect(vip)) {
        assertThat(present.ask()).isEqualTo("a");

        carried.transport.close(Duration.ofMillis(100));

        assertThatThrownBy(present::ask).isInstanceOf(IOException.class);
        LoadBalancer balancer = carried.balancer("web");
        eventually(
            "no connection is counted",
            () -> balancer.status().connections() == 0,
            () -> balancer.status().connections());
      }
      assertSilent(vip);
    }
  }

  @Test
  default void a_second_close_does_nothing() throws Exception {
    try (CarriedServices carried = new CarriedServices(newTransport());
        Server a = startServer("a", loopback())) {
      carried.apply(
          service(freeAddress(loopback())).name("web").realServer(a.realServer()).build());
      carried.transport.close(Duration.ZERO);
      carried.transport.close(LONG_DRAIN);
    }
  }

  private static InetAddress loopback() {
    return FreeAddresses.ip("127.0.0.1");
  }

  private void assertAnswers(InetSocketAddress vip, String name) throws IOException {
    try (Client client = connect(vip)) {
      assertThat(client.ask()).isEqualTo(name);
    }
  }

  private void assertSilent(InetSocketAddress vip) {
    assertThat(answers(vip)).as("an answer from %s", vip).isFalse();
  }

  private static boolean answers(Client client) {
    try {
      client.ask();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private boolean answers(InetSocketAddress vip) {
    try (Client client = connect(vip)) {
      return answers(client);
    } catch (IOException e) {
      return false;
    }
  }
}
