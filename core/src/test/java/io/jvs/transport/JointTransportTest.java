package io.jvs.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.balancing.Connection;
import io.jvs.balancing.LoadBalancer;
import io.jvs.model.AddressFamily;
import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.Protocol;
import io.jvs.model.SocketAddresses;
import io.jvs.model.TransportOptions;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.transport.Transport.Assignment;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class JointTransportTest {
  /** What a transport of the test understands. */
  private record ForTcp(int port) implements TransportOptions {}

  private record ForUdp(int port) implements TransportOptions {}

  private static final TransportOptions BOTH =
      new TransportOptions.Several(List.of(new ForTcp(1), new ForUdp(2)));

  private final FakeTransport tcp = new FakeTransport(Protocol.TCP, ForTcp.class);
  private final FakeTransport udp = new FakeTransport(Protocol.UDP, ForUdp.class);
  private final JointTransport joint = new JointTransport(List.of(tcp, udp));

  private final VirtualService web = VirtualService.tcp("192.0.2.1", 80).name("web").build();
  private final VirtualService dns = VirtualService.udp("192.0.2.1", 53).name("dns").build();
  private final VirtualService marked =
      VirtualService.at(VirtualAddress.firewallMark(7, AddressFamily.IPV4))
          .name("marked")
          .persistence(Persistence.sourceAddress(Duration.ofMinutes(5)))
          .realServer("10.0.0.1:0")
          .realServer("10.0.0.2:0")
          .transportOptions(BOTH)
          .build();

  private static Assignment assigned(VirtualService service) {
    return new Assignment(service, LoadBalancer.builder(service).build());
  }

  @Test
  void a_service_goes_to_the_first_that_can_carry_it_and_one_with_options_of_both_to_both() {
    Assignment toBoth = assigned(marked);
    joint.apply(List.of(assigned(web), assigned(dns), toBoth));
    assertThat(tcp.names()).containsExactly("web", "marked");
    assertThat(udp.names()).containsExactly("dns", "marked");
    assertThat(joint.name()).isEqualTo("tcp, udp");
    VirtualService forUdp = marked.toBuilder().transportOptions(new ForUdp(2)).build();
    joint.apply(List.of(new Assignment(forUdp, toBoth.balancer())));
    assertThat(tcp.names()).isEmpty();
    assertThat(udp.names()).containsExactly("marked");
  }

  @Test
  void who_is_remembered_by_a_firewall_mark_is_remembered_for_both_protocols() {
    joint.apply(List.of(assigned(marked)));
    LoadBalancer ofTcp = tcp.carried.get(0).balancer();
    LoadBalancer ofUdp = udp.carried.get(0).balancer();
    for (int client = 1; client <= 20; client++) {
      InetSocketAddress from = SocketAddresses.parse("203.0.113." + client + ":4000");
      InetSocketAddress to = SocketAddresses.parse("192.0.2.1:443");
      Connection first = (Connection) ofTcp.admit(Flow.tcp(from, to));
      Connection second = (Connection) ofUdp.admit(Flow.udp(from, to));
      assertThat(second.server().address()).isEqualTo(first.server().address());
    }
  }

  @Test
  void an_objection_says_whose_it_is_and_nobody_is_told_anything() {
    VirtualService sctp =
        VirtualService.at(VirtualAddress.of(Protocol.SCTP, SocketAddresses.parse("192.0.2.1:5000")))
            .build();
    assertThat(joint.objection(web)).isEmpty();
    assertThat(joint.objection(marked)).isEmpty();
    assertThat(joint.objection(sctp)).hasValue("tcp: carries tcp only; udp: carries udp only");
    assertThatThrownBy(() -> joint.apply(List.of(assigned(web), assigned(sctp))))
        .isInstanceOf(UnsupportedServiceException.class)
        .hasMessage(
            "virtual service 'sctp 192.0.2.1:5000': tcp: carries tcp only; udp: carries udp only");
    assertThat(tcp.applied).isZero();
    assertThat(new JointTransport(List.of()).objection(web))
        .hasValue("there is none (expected: one that carries such services)");
  }

  @Test
  void options_that_nobody_takes_are_not_left_out_in_silence() {
    VirtualService wrong = web.toBuilder().transportOptions(BOTH).build();
    assertThat(joint.objection(wrong))
        .hasValue("for ForUdp[port=2]: tcp: has no options ForUdp[port=2]; udp: carries udp only");
    udp.knowsSeveral = false;
    assertThat(joint.objection(marked))
        .hasValue("udp: has no options ForTcp[port=1], ForUdp[port=2]");
  }

  @Test
  void if_the_second_fails_the_first_is_as_before() {
    Assignment before = assigned(web);
    joint.apply(List.of(before));
    udp.failure = new TransportException("udp 192.0.2.1:53: address in use", null);
    assertThatThrownBy(() -> joint.apply(List.of(assigned(marked), assigned(dns))))
        .isSameAs(udp.failure);
    assertThat(tcp.carried).containsExactly(before);
    assertThat(udp.carried).isEmpty();
    tcp.failsAfter = tcp.applied + 1;
    assertThatThrownBy(() -> joint.apply(List.of()))
        .isSameAs(udp.failure)
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
  }

  @Test
  @Timeout(20)
  void closing_drains_all_at_the_same_time_and_happens_once() throws Exception {
    CyclicBarrier together = new CyclicBarrier(2);
    tcp.atClose = drain -> await(together);
    udp.atClose = drain -> await(together);
    joint.close(Duration.ofSeconds(10));
    joint.close(Duration.ofSeconds(10));
    assertThat(tcp.closed).containsExactly(Duration.ofSeconds(10));
    assertThat(udp.closed).containsExactly(Duration.ofSeconds(10));
    assertThatThrownBy(() -> joint.apply(List.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the transports tcp, udp are closed");
  }

  @Test
  void one_that_fails_to_close_does_not_keep_the_others_open() {
    RuntimeException one = new IllegalStateException("one");
    RuntimeException other = new IllegalStateException("other");
    tcp.atClose =
        drain -> {
          throw one;
        };
    udp.atClose =
        drain -> {
          throw other;
        };
    assertThatThrownBy(() -> joint.close(Duration.ZERO)).isSameAs(one);
    assertThat(one.getSuppressed()).containsExactly(other);
    assertThat(udp.closed).hasSize(1);
  }

  @Test
  @Timeout(20)
  void who_is_interrupted_while_draining_drains_no_longer_and_leaves_nothing_open()
      throws Exception {
    CountDownLatch draining = new CountDownLatch(1);
    udp.atClose =
        drain -> {
          draining.countDown();
          try {
            new CountDownLatch(1).await(drain.toSeconds(), TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            udp.wasInterrupted = true;
          }
        };
    Thread closer = new Thread(() -> joint.close(Duration.ofMinutes(10)));
    closer.start();
    draining.await();
    closer.interrupt();
    closer.join();
    assertThat(udp.wasInterrupted).isTrue();
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(10, TimeUnit.SECONDS);
    } catch (Exception e) { // broken: the other one is not closed meanwhile
      throw new IllegalStateException(e);
    }
  }

  /** Some services, and which transport fails, if any. */
  private record Change(List<VirtualService> desired, @Nullable Protocol failing) {}

  @Provide
  Arbitrary<List<Change>> changes() {
    Arbitrary<List<VirtualService>> desired =
        Arbitraries.of(web, dns, marked, only("t", new ForTcp(3)), only("u", new ForUdp(4)))
            .list()
            .uniqueElements();
    Arbitrary<Protocol> failing = Arbitraries.of(Protocol.TCP, Protocol.UDP).injectNull(0.6);
    return desired
        .flatMap(services -> failing.map(protocol -> new Change(services, protocol)))
        .list()
        .ofMaxSize(10);
  }

  private static VirtualService only(String name, TransportOptions options) {
    return VirtualService.at(VirtualAddress.firewallMark(name.charAt(0), AddressFamily.IPV4))
        .name(name)
        .transportOptions(options)
        .build();
  }

  @Property
  void after_every_change_all_carry_their_share_of_what_was_last_applied(
      @ForAll("changes") List<Change> changes) {
    FakeTransport first = new FakeTransport(Protocol.TCP, ForTcp.class);
    FakeTransport second = new FakeTransport(Protocol.UDP, ForUdp.class);
    JointTransport both = new JointTransport(List.of(first, second));
    List<VirtualService> inForce = List.of();
    for (Change change : changes) {
      first.failure = change.failing() == Protocol.TCP ? new TransportException("no", null) : null;
      second.failure = change.failing() == Protocol.UDP ? new TransportException("no", null) : null;
      List<Assignment> desired = change.desired().stream().map(s -> assigned(s)).toList();
      if (change.failing() == null) {
        both.apply(desired);
        inForce = change.desired();
      } else {
        assertThatThrownBy(() -> both.apply(desired)).isInstanceOf(TransportException.class);
      }
      assertThat(first.names()).isEqualTo(namesOf(inForce, "web", "marked", "t"));
      assertThat(second.names()).isEqualTo(namesOf(inForce, "dns", "marked", "u"));
    }
  }

  private static List<String> namesOf(List<VirtualService> services, String... wanted) {
    return services.stream().map(VirtualService::name).filter(List.of(wanted)::contains).toList();
  }

  /** Carries nothing, and remembers what it was told. Failing leaves it as it was. */
  private static final class FakeTransport implements Transport {
    private final Protocol protocol;
    private final Class<? extends TransportOptions> options;
    private final List<Duration> closed = new ArrayList<>();
    private List<Assignment> carried = List.of();
    private int applied;
    private int failsAfter = Integer.MAX_VALUE;
    private boolean knowsSeveral = true;
    private volatile boolean wasInterrupted;
    private @Nullable RuntimeException failure;
    private Consumer<Duration> atClose = drain -> {};

    FakeTransport(Protocol protocol, Class<? extends TransportOptions> options) {
      this.protocol = protocol;
      this.options = options;
    }

    List<String> names() {
      return carried.stream().map(each -> each.service().name()).toList();
    }

    @Override
    public String name() {
      return protocol.toString();
    }

    @Override
    public Optional<String> objection(VirtualService service) {
      if (service.address() instanceof VirtualAddress.Endpoint endpoint
          && endpoint.protocol() != protocol) {
        return Optional.of("carries " + protocol + " only");
      }
      TransportOptions given = service.transportOptions();
      boolean known =
          knowsSeveral
              ? given == null || service.transportOptions(options) != null
              : given == null || options.isInstance(given);
      return known ? Optional.empty() : Optional.of("has no options " + given);
    }

    @Override
    public void apply(List<Assignment> desired) {
      if (failure != null) {
        throw failure;
      }
      if (applied >= failsAfter) {
        throw new TransportException("cannot go back", null);
      }
      applied++;
      carried = List.copyOf(desired);
    }

    @Override
    public void close(Duration drain) {
      closed.add(drain);
      atClose.accept(drain);
    }
  }
}
