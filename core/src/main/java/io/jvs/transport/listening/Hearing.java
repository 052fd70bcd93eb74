package io.jvs.transport.listening;

import io.jvs.balancing.Intake;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.LoadBalancerEvent;
import io.jvs.balancing.LoadBalancerListener;
import java.net.InetSocketAddress;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The load balancer of a carried service: whoever carries it is made known to it, and hears which
 * connections it wants to have reset. Control side only, but for what is heard.
 */
public final class Hearing {
  private final Intake intake;
  private final LoadBalancerListener resets; // one object
  private @Nullable LoadBalancer heard;

  /**
   * Hears nothing yet.
   *
   * @param intake what the load balancer can see of those who come in
   * @param reset is told the address of a real server and why its connections are to be reset; on
   *     the load balancer's threads
   */
  public Hearing(Intake intake, BiConsumer<InetSocketAddress, String> reset) {
    this.intake = intake;
    this.resets =
        event -> {
          if (event instanceof LoadBalancerEvent.ConnectionsReset one) {
            reset.accept(one.server().address(), one.reason());
          }
        };
  }

  /** This one from now on; connections of the one before live on, and it is heard still. */
  public void follow(LoadBalancer balancer) {
    if (balancer != heard) {
      balancer.addListener(resets);
      balancer.carriedBy(intake);
      if (heard != null) {
        heard.carriedNoMoreBy(intake);
      }
      heard = balancer;
    }
  }

  /** The service is carried no more; hears no more of servers. */
  public void leave() {
    if (heard != null) {
      heard.removeListener(resets);
      heard.carriedNoMoreBy(intake);
      heard = null;
    }
  }
}
