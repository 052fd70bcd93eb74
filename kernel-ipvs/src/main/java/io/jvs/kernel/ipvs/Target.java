package io.jvs.kernel.ipvs;

import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The table as it is to be. A server that is not wanted any more is not deleted while it has
 * connections, because the kernel drops the packets of a server that is not listed: it gets weight
 * 0 and is deleted when they have ended. Only one that was found not to work goes at once.
 */
final class Target {
  /** Whether a server that is to leave may be deleted now. */
  @FunctionalInterface
  interface Drains {
    boolean isDrained(ServiceKey service, InetSocketAddress destination);
  }

  private static final String LEAVES = "not in the definition, deleted when its connections end";

  private final Map<ServiceKey, ServiceRows> present;
  private final Drains drains;

  private Target(Map<ServiceKey, ServiceRows> present, Drains drains) {
    this.present = present;
    this.drains = drains;
  }

  /**
   * @param leaving services that are not defined any more
   */
  static List<ServiceRows> of(
      List<ServiceWish> wishes,
      Set<ServiceKey> leaving,
      Map<ServiceKey, ServiceRows> present,
      Drains drains) {
    Target target = new Target(present, drains);
    List<ServiceRows> rows = new ArrayList<>();
    for (ServiceWish wish : wishes) {
      for (ServiceKey key : Translation.keys(wish.service())) {
        rows.add(target.wanted(wish, key));
      }
    }
    for (ServiceKey key : leaving) {
      ServiceRows left = target.leaving(present.get(key));
      if (left != null) {
        rows.add(left);
      }
    }
    return rows;
  }

  private ServiceRows wanted(ServiceWish wish, ServiceKey key) {
    VirtualService definition = wish.service();
    KernelPolicy policy = Translation.policy(definition);
    List<Double> weights = wish.servers().stream().map(ServerWish::weight).toList();
    int units = KernelWeights.units(weights, policy.goesByProportion());
    ServiceRows now = present.get(key);
    Map<InetSocketAddress, IpvsDestination> before = now == null ? Map.of() : now.destinations();
    Map<InetSocketAddress, IpvsDestination> after = new LinkedHashMap<>();
    Map<InetSocketAddress, String> notes = new LinkedHashMap<>();
    Set<InetSocketAddress> out = new HashSet<>();
    boolean someServe = false;
    for (ServerWish each : wish.servers()) {
      InetSocketAddress address = each.server().address();
      int weight = wish.quorumLost() ? 0 : KernelWeights.carried(each.weight(), units);
      IpvsDestination was = before.get(address);
      if (each.use() == ServerWish.Use.UNKNOWN && was != null) {
        weight = was.weight();
      }
      if (each.use() == ServerWish.Use.USED
          || (each.use() == ServerWish.Use.UNKNOWN && was != null)) {
        after.put(address, Translation.destination(each.server(), weight));
        someServe |= weight > 0;
      } else if (each.use() == ServerWish.Use.OUT) {
        out.add(address);
        notes.put(address, "down");
      } else if (each.use() == ServerWish.Use.LEAVES) {
        notes.put(address, "ordered out, deleted when its connections end");
      }
    }
    RealServer fallback = definition.fallback();
    if (fallback != null && !someServe) {
      after.put(fallback.address(), Translation.destination(fallback, 1));
      notes.put(fallback.address(), "the fallback, because nobody else can answer");
    }
    boolean some = keepLeaving(key, before, after, notes, out, policy.drain());
    IpvsService service = Translation.service(definition, key);
    if (some && policy.drain() == KernelPolicy.Drain.REFUSED_WITHOUT_FALLBACK) {
      // Else the clients of its places in the table would be refused until it is gone.
      service =
          new IpvsService(
              key,
              service.scheduler(),
              service.flags() | IpvsService.SCHEDULER_FLAG_1,
              service.timeoutSeconds(),
              service.netmask(),
              service.engine());
    }
    return new ServiceRows(service, after, notes);
  }

  /** Adds those that are there and not wanted any more; whether there are some. */
  private boolean keepLeaving(
      ServiceKey key,
      Map<InetSocketAddress, IpvsDestination> before,
      Map<InetSocketAddress, IpvsDestination> after,
      Map<InetSocketAddress, String> notes,
      Set<InetSocketAddress> out,
      KernelPolicy.Drain drain) {
    boolean some = false;
    for (IpvsDestination each : before.values()) {
      InetSocketAddress address = each.address();
      if (after.containsKey(address) || out.contains(address)) {
        continue;
      }
      notes.putIfAbsent(address, LEAVES);
      if (drain == KernelPolicy.Drain.REFUSED) {
        notes.put(
            address,
            "at once, because dh would refuse new clients of "
                + SocketAddresses.format(address)
                + " while it drains");
      } else if (!drains.isDrained(key, address)) {
        after.put(address, each.withWeight(0));
        some = true;
      }
    }
    return some;
  }

  private @Nullable ServiceRows leaving(@Nullable ServiceRows now) {
    if (now == null) {
      return null;
    }
    Map<InetSocketAddress, IpvsDestination> after = new LinkedHashMap<>();
    Map<InetSocketAddress, String> notes = new LinkedHashMap<>();
    for (IpvsDestination each : now.destinations().values()) {
      notes.put(each.address(), LEAVES);
      if (!drains.isDrained(now.key(), each.address())) {
        after.put(each.address(), each.withWeight(0));
      }
    }
    return after.isEmpty() ? null : new ServiceRows(now.service(), after, notes);
  }
}
