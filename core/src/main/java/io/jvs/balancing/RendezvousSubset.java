package io.jvs.balancing;

import io.jvs.model.RealServer;
import io.jvs.model.Subset;
import io.jvs.model.VirtualService;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which servers of a pool one client uses: those with the highest hash of client and address
 * (rendezvous or highest random weight, Thaler and Ravishankar, Using Name-Based Mappings to
 * Increase Hit Rates, 1998; gRPC proposal A68 subsets in the same spirit).
 *
 * <p>The same client gets the same servers whatever the order of the pool. A server that leaves or
 * comes changes at most one member of a subset. Each server is in about the same number of subsets,
 * as chance would have it: with m clients, n servers and subsets of k in m k / n of them, give or
 * take the square root of that.
 *
 * <p>The hash is part of the contract: it is the same on every machine and in every version.
 */
public final class RendezvousSubset {
  private RendezvousSubset() {}

  private record Scored(long score, String name, RealServer server) {}

  private static final Comparator<Scored> HIGHEST_FIRST =
      Comparator.comparingLong(Scored::score).reversed().thenComparing(Scored::name);

  /** The servers that the service uses: a subset if it declares one, else all. */
  public static List<RealServer> of(VirtualService service) {
    Subset subset = service.subset();
    return subset == null ? service.realServers() : of(service.realServers(), subset);
  }

  /**
   * The client's part of the pool, in the client's own order, so that not all clients begin with
   * the same server where a policy goes by the list.
   *
   * @param pool servers of different addresses, in any order; weights do not matter
   */
  public static List<RealServer> of(List<RealServer> pool, Subset subset) {
    long client = hash(subset.clientId());
    List<Scored> scored = new ArrayList<>(pool.size());
    for (RealServer server : pool) {
      String name = server.name();
      scored.add(new Scored(mix(client ^ hash(name)), name, server));
    }
    scored.sort(HIGHEST_FIRST);
    return scored.stream().limit(subset.size()).map(Scored::server).toList();
  }

  /** FNV-1a over the UTF-8 bytes, whose upper bits are weak, then mixed. */
  private static long hash(String text) {
    long hash = 0xCBF2_9CE4_8422_2325L;
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (each & 0xFF)) * 0x0000_0100_0000_01B3L;
    }
    return mix(hash);
  }

  /**
   * The last steps of xxHash64: each bit of the input changes about half of those that come out.
   */
  private static long mix(long bits) {
    long mixed = (bits ^ (bits >>> 33)) * 0xC2B2_AE3D_27D4_EB4FL;
    mixed = (mixed ^ (mixed >>> 29)) * 0x1656_67B1_9E37_79F9L;
    return mixed ^ (mixed >>> 32);
  }
}
