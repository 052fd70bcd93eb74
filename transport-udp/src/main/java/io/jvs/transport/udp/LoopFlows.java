package io.jvs.transport.udp;

import io.jvs.balancing.Admission;
import io.jvs.balancing.Connection;
import io.jvs.balancing.Fault;
import io.jvs.balancing.Refused;
import io.jvs.transport.ClosedConnection.Ending;
import io.jvs.transport.ConnectionIds;
import io.jvs.transport.Pass;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The flows of one event loop: how they begin, and how they end. On the loop only. */
final class LoopFlows {
  private final UdpLoop loop;
  private final Counts counts;
  private final FlowListener listener;
  private final int most;
  private final Eviction eviction;
  private final Map<CarriedService, ServiceFlows> services = new HashMap<>();
  private final OpenFlows open = new OpenFlows();
  private final ConnectionIds ids = new ConnectionIds();
  private int size;
  private int unanswered; // of them

  /**
   * @param most there are at a time
   * @param pools all that the loop has, at any time
   */
  LoopFlows(UdpLoop loop, FlowListener listener, int most, Collection<PortPool> pools) {
    this.loop = loop;
    this.counts = loop.counts();
    this.listener = listener;
    this.most = most;
    this.eviction = new Eviction(this, pools);
  }

  int size() {
    return size;
  }

  /** How many have no answer yet. */
  int unanswered() {
    return unanswered;
  }

  /** By service, those that have none left included. */
  Collection<ServiceFlows> services() {
    return services.values();
  }

  /** All but those of single datagrams. Any thread. */
  Stream<UdpFlow> open() {
    return open.stream();
  }

  // How they begin.

  /**
   * A new one for datagram {@code index}; null if there is no server or no room for it.
   *
   * @param at where that came in
   * @param named whom its sender has named as the client, or null for the sender itself
   */
  @Nullable UdpFlow begin(
      Front front,
      CarriedService service,
      int index,
      InetSocketAddress local,
      Control at,
      @Nullable Named named) {
    Messages messages = loop.messages();
    InetSocketAddress client = named == null ? messages.client(index) : named.client();
    Pass pass = service.enter(client.getAddress());
    if (pass.refusal() != null) {
      refused(service, client, local, UdpDrop.REFUSED, pass.refusal());
      return null;
    }
    QuicRoutes quic = service.quic();
    QuicIds quicIds = quic == null ? null : new QuicIds(quic, messages.payload(index));
    InetSocketAddress wanted = quicIds == null ? null : quicIds.server();
    Admission admission = service.admit(client, local, null, wanted);
    if (!(admission instanceof Connection connection)) {
      pass.leave();
      if (admission instanceof Refused why) {
        refused(service, client, local, UdpDrop.REFUSED, why.cause());
        front.tellUnreachable( // as ip_vs_leave does
            messages.isIpv6(index), new FlowKey(messages, index, at.localHigh, at.localLow));
      } else {
        refused(service, client, local, UdpDrop.POLICY_FAILED, UdpDrop.POLICY_FAILED);
      }
      return null;
    }
    loop.startTicking(); // which also forgets a service without flows
    ServiceFlows ofService = services.get(service);
    if (ofService == null) {
      ofService = new ServiceFlows(loop, service);
      services.put(service, ofService);
    }
    SourcePort port = eviction.port(ofService, client, connection.address(), null);
    if (port == null) {
      loop.noPort(connection);
      pass.leave();
      tellRefused(service, client, local, UdpDrop.NO_SOURCE_PORT);
      return null;
    }
    while (size >= most) {
      eviction.evict();
    }
    UdpFlow flow =
        new UdpFlow(ids.next(), front, ofService, index, at, named, pass, connection, port);
    if (quicIds != null) {
      flow.quicIds = quicIds;
      follow(quicIds, connection);
    }
    ofService.add(flow);
    flow.occupy();
    size++;
    unanswered++;
    counts.flows.incrementAndGet();
    if (flow.isListed()) {
      open.add(flow);
    }
    return flow;
  }

  private void refused(
      CarriedService service,
      InetSocketAddress client,
      InetSocketAddress local,
      UdpDrop drop,
      Object cause) {
    counts.drops.count(drop);
    tellRefused(service, client, local, cause);
  }

  private void tellRefused(
      CarriedService service, InetSocketAddress client, InetSocketAddress local, Object cause) {
    if (listener.isThere()) {
      String name = service.assignment().service().name();
      listener.refused(ids.next(), name, client, local, cause.toString());
    }
  }

  private void follow(QuicIds quicIds, Connection connection) {
    InetSocketAddress server = connection.server().address();
    quicIds.went(server);
    if (server.equals(quicIds.server())) {
      counts.quicFollowed.increment();
    }
  }

  /** As {@link Eviction#port}, for a flow that goes to another server. */
  @Nullable SourcePort portFor(UdpFlow flow, InetSocketAddress client, InetSocketAddress server) {
    return eviction.port(flow.flows, client, server, flow);
  }

  /** The first answer of its server. */
  void becomesAnswered(UdpFlow flow) {
    unanswered--;
    flow.server.unanswered--;
    flow.flows.becomesAnswered(flow);
  }

  /** It has left its port, and is to begin with another server. */
  void becomesUnanswered(UdpFlow flow) {
    if (flow.answered) {
      unanswered++;
      flow.flows.becomesUnanswered(flow);
    }
  }

  // How they end.

  /**
   * It is over.
   *
   * @param settled whether no answers are owed any more, so that its port may be used at once
   */
  void end(UdpFlow flow, Ending how, boolean settled) {
    end(flow, how, settled, null, null);
  }

  /** As before, with what its server has done wrong, and why it is over, for people. */
  void end(
      UdpFlow flow, Ending how, boolean settled, @Nullable Fault fault, @Nullable String cause) {
    if (flow.ended) {
      return;
    }
    flow.ended = true;
    open.remove(flow);
    flow.pass.leave();
    boolean owes = flow.owed != null && flow.owed.first != null; // after a reload even if settled
    loop.questions().forget(flow);
    if (flow.quicIds != null) {
      flow.quicIds.release();
    }
    flow.front.forget(flow);
    flow.flows.remove(flow);
    flow.vacate(settled && !owes);
    size--;
    unanswered -= flow.answered ? 0 : 1;
    counts.flows.decrementAndGet();
    if (flow.answered || flow.flows.service.options().responses() == 0) {
      flow.connection.close();
    } else {
      if (flow.asked) {
        var unused = flow.connection.stillUnanswered();
      }
      flow.connection.abandon();
    }
    boolean quiet = how == Ending.IDLE || how == Ending.EVICTED || how == Ending.DROPPED;
    flow.tell(listener, how, fault, cause, quiet ? loop.clock().nanosSince(flow.lastMove()) : 0);
  }

  /** Ends it for another one. */
  void evict(UdpFlow flow) {
    counts.evicted.increment();
    end(flow, Ending.EVICTED, false);
  }

  /**
   * Ends those of a service that have been idle for so many ticks.
   *
   * @param early whether that is less than its timeout, so that nobody is to blame
   */
  void expire(ServiceFlows each, long limit, boolean early) {
    boolean owed = each.service.options().responses() > 0 && !early;
    Fault fault = owed ? Fault.NO_ANSWER : null;
    for (UdpFlow flow = each.oldestUnanswered();
        flow != null && loop.now() - flow.lastMove() >= limit;
        flow = each.oldestUnanswered()) {
      end(flow, Ending.IDLE, false, fault, null);
    }
    for (UdpFlow flow = each.oldestAnswered();
        flow != null && loop.now() - flow.lastMove() >= limit;
        flow = each.oldestAnswered()) {
      end(flow, Ending.IDLE, flow.expected <= 0);
    }
  }

  /** Ends all that are meant. */
  void drop(Predicate<UdpFlow> meant, String why) {
    for (ServiceFlows each : List.copyOf(services.values())) {
      drop(each, meant, why);
    }
  }

  /** Ends those of a service that are meant. */
  void drop(CarriedService service, Predicate<UdpFlow> meant, String why) {
    ServiceFlows ofService = services.get(service);
    if (ofService != null) {
      drop(ofService, meant, why);
    }
  }

  private void drop(ServiceFlows each, Predicate<UdpFlow> meant, String why) {
    drop(each.oldestUnanswered(), meant, why);
    drop(each.oldestAnswered(), meant, why);
  }

  private void drop(@Nullable UdpFlow oldest, Predicate<UdpFlow> meant, String why) {
    UdpFlow flow = oldest;
    while (flow != null) {
      UdpFlow next = flow.newer;
      if (meant.test(flow)) {
        drop(flow, why);
      }
      flow = next;
    }
  }

  /** Ends it for somebody's order, unless it has ended. */
  void drop(UdpFlow flow, String why) {
    end(flow, Ending.DROPPED, false, null, why);
  }
}
