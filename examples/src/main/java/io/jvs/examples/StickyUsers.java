package io.jvs.examples;

import io.jvs.balancing.LoadBalancer;
import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.VirtualService;
import java.time.Duration;
import java.util.List;

/**
 * Users who stay with their server wherever they come from: thousands behind one proxy are told
 * apart, and one on the move between networks is recognised. What the application knows them by is
 * the key, here a user id.
 */
public final class StickyUsers {
  private StickyUsers() {}

  /** Each user is remembered for half an hour after the latest call. */
  public static VirtualService byUser() {
    return VirtualService.inProcess("carts")
        .scheduler("rr")
        .persistence(Persistence.applicationKey(Duration.ofMinutes(30)))
        .realServer("10.0.0.1:6379")
        .realServer("10.0.0.2:6379")
        .build();
  }

  /** Does a piece of work for a user at the user's server, or at another if that one is down. */
  public static String cartOf(LoadBalancer carts, String userId) {
    return carts.call(Flow.keyed(userId), server -> "cart of " + userId + " at " + server.name());
  }

  /** Prints where the carts of two users are. */
  public static void main(String[] arguments) {
    try (LoadBalancer carts = LoadBalancer.of(byUser())) {
      for (String user : List.of("ann", "bob", "ann", "bob")) {
        System.out.println(cartOf(carts, user));
      }
    }
  }
}
