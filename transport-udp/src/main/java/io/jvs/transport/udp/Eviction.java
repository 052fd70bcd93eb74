package io.jvs.transport.udp;

import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Room for a new flow, if need be that of one that ends for it: the one that will be missed least,
 * idle for longest, if possible one without an answer, as spoofed clients have none. But an eighth
 * is for those: were they always first, then with flows of known clients everywhere each new client
 * would lose its own before it is answered. On the loop only.
 */
final class Eviction {
  private static final int SHARE_OF_NEW = 8;

  /** Flows that are looked at to find one whose port is of use; a bound for many services. */
  private static final int LOOKED_THROUGH = 256;

  private final LoopFlows flows;
  private final Collection<PortPool> pools;

  Eviction(LoopFlows flows, Collection<PortPool> pools) {
    this.flows = flows;
    this.pools = pools;
  }

  /** One flow fewer. */
  void evict() {
    boolean unansweredFirst = isMuch(flows.unanswered(), flows.size());
    UdpFlow victim = oldest(unansweredFirst);
    if (victim == null) {
      victim = oldest(!unansweredFirst);
    }
    if (victim == null) {
      throw new IllegalStateException(flows.size() + " flows, and none is the oldest");
    }
    flows.evict(victim);
  }

  private static boolean isMuch(int unanswered, int all) {
    return unanswered > all / SHARE_OF_NEW;
  }

  private @Nullable UdpFlow oldest(boolean unanswered) {
    UdpFlow oldest = null;
    for (ServiceFlows each : flows.services()) {
      oldest = older(oldest, unanswered ? each.oldestUnanswered() : each.oldestAnswered());
    }
    return oldest;
  }

  /**
   * A port for a flow to this server, if need be that of another flow to it: else few spoofed
   * clients would keep all others away until their flows are idle for long enough. Null if there is
   * none.
   *
   * @param moving the flow that it is for, which has left its own; null for a new one
   */
  @Nullable SourcePort port(
      ServiceFlows of,
      InetSocketAddress client,
      InetSocketAddress server,
      @Nullable UdpFlow moving) {
    Outlets outlets = of.outlets();
    SourcePort port = outlets.port(client, server);
    if (port != null) {
      return port;
    }
    int all = 0;
    int unanswered = 0;
    for (PortPool pool : pools) {
      all += pool.flowsTo(server);
      unanswered += pool.unansweredTo(server);
    }
    boolean unansweredFirst = isMuch(unanswered, all);
    Predicate<UdpFlow> meant =
        flow ->
            flow != moving
                && flow.server.address.equals(server)
                && outlets.gain(flow.port, client, server);
    UdpFlow victim = oldest(unansweredFirst, meant);
    if (victim == null) {
      victim = oldest(!unansweredFirst, meant);
    }
    if (victim == null) {
      return null;
    }
    flows.evict(victim);
    return outlets.port(client, server);
  }

  private @Nullable UdpFlow oldest(boolean unanswered, Predicate<UdpFlow> meant) {
    UdpFlow oldest = null;
    for (ServiceFlows each : flows.services()) {
      UdpFlow first = unanswered ? each.oldestUnanswered() : each.oldestAnswered();
      oldest = older(oldest, first(first, meant));
    }
    return oldest;
  }

  /** Among the first ones from the oldest on. */
  private static @Nullable UdpFlow first(@Nullable UdpFlow oldest, Predicate<UdpFlow> meant) {
    UdpFlow flow = oldest;
    for (int i = 0; i < LOOKED_THROUGH && flow != null; i++) {
      if (meant.test(flow)) {
        return flow;
      }
      flow = flow.newer;
    }
    return null;
  }

  private static @Nullable UdpFlow older(@Nullable UdpFlow one, @Nullable UdpFlow other) {
    return one == null || (other != null && other.lastMove() < one.lastMove()) ? other : one;
  }
}
