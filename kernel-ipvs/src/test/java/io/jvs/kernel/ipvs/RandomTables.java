package io.jvs.kernel.ipvs;

import io.jvs.model.AddressFamily;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Tables of all kinds, also such as only a kernel may hold. */
final class RandomTables {
  private static final String[] SCHEDULERS = {
    "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh", "none"
  };

  private final Random random;
  private final boolean odd;

  /**
   * @param odd also rows that ipvsadm(8) would not make
   */
  RandomTables(long seed, boolean odd) {
    this.random = new Random(seed);
    this.odd = odd;
  }

  SavedTable table() {
    Map<ServiceKey, SavedTable.Service> services = new LinkedHashMap<>();
    for (int i = random.nextInt(8); i > 0; i--) {
      IpvsService service = service();
      services.put(service.key(), new SavedTable.Service(service, destinations(service.key())));
    }
    List<SyncDaemon> daemons = new ArrayList<>();
    for (SyncDaemon.Role role : SyncDaemon.Role.values()) {
      if (random.nextInt(3) == 0) {
        daemons.add(daemon(role));
      }
    }
    IpvsTimeouts timeouts =
        random.nextBoolean()
            ? null
            : new IpvsTimeouts(
                1 + random.nextInt(21_474_836), 1 + random.nextInt(1000), 1 + random.nextInt(1000));
    return new SavedTable(timeouts, List.copyOf(services.values()), daemons);
  }

  private IpvsService service() {
    boolean persistent = random.nextBoolean();
    ServiceKey key = key(persistent);
    boolean six = key.family() == AddressFamily.IPV6;
    boolean udp = key instanceof ServiceKey.Address a && a.protocol() == ServiceKey.UDP;
    boolean onePacket = random.nextInt(3) == 0 && (odd || udp || key instanceof ServiceKey.Mark);
    return new IpvsService(
        key,
        pick(SCHEDULERS),
        (persistent ? IpvsService.PERSISTENT : 0)
            | (onePacket ? IpvsService.ONE_PACKET : 0)
            | (random.nextInt(8) << 3),
        odd && random.nextInt(4) == 0
            ? random.nextInt() & 0xffff_ffffL
            : 1 + random.nextInt(2_678_400),
        six ? 1 + random.nextInt(128) : random.nextBoolean() ? -1 : random.nextInt(),
        random.nextInt(4) == 0 ? "sip" : null);
  }

  private ServiceKey key(boolean persistent) {
    if (random.nextInt(4) == 0) {
      return new ServiceKey.Mark(
          1 + (random.nextInt() & 0x7fff_ffffL) * (odd ? 2 : 1),
          random.nextBoolean() ? AddressFamily.IPV4 : AddressFamily.IPV6);
    }
    int protocol = new int[] {6, 17, 132}[random.nextInt(3)];
    return new ServiceKey.Address(
        odd && random.nextInt(4) == 0 ? random.nextInt(0x10000) : protocol,
        ip(random.nextBoolean()),
        random.nextInt(4) == 0 && (persistent || odd) ? 0 : 1 + random.nextInt(0xffff));
  }

  private List<IpvsDestination> destinations(ServiceKey key) {
    Map<InetSocketAddress, IpvsDestination> all = new LinkedHashMap<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      IpvsDestination destination = destination(key);
      all.put(destination.address(), destination);
    }
    return List.copyOf(all.values());
  }

  private IpvsDestination destination(ServiceKey key) {
    int method = odd ? random.nextInt(5) : new int[] {0, 2, 3}[random.nextInt(3)];
    boolean six = key.family() == AddressFamily.IPV6;
    boolean foreign = (odd || method == IpvsDestination.TUNNEL) && random.nextInt(4) == 0;
    int port = random.nextInt(0x10000);
    if (!odd && method != IpvsDestination.NAT && key instanceof ServiceKey.Address service) {
      port = service.port();
    }
    int upper = random.nextBoolean() ? 0 : 1 + random.nextInt(Integer.MAX_VALUE);
    int type = random.nextInt(3);
    return new IpvsDestination(
        new InetSocketAddress(ip(six != foreign), port),
        method,
        random.nextInt(8) == 0 ? random.nextInt(Integer.MAX_VALUE) : random.nextInt(100),
        odd && random.nextInt(4) == 0 ? random.nextInt() & 0xffff_ffffL : upper,
        upper == 0 ? 0 : random.nextInt(upper),
        type,
        odd || type == IpvsDestination.GUE ? 1 + random.nextInt(0xffff) : 0,
        odd ? random.nextInt(0x10000) : random.nextInt(type == 0 ? 1 : type == 1 ? 3 : 2));
  }

  private SyncDaemon daemon(SyncDaemon.Role role) {
    return new SyncDaemon(
        role,
        random.nextInt(256),
        pick("lo", "eth0", "bond0.100"),
        random.nextInt(0x10000),
        random.nextBoolean() ? null : multicast(),
        random.nextInt(0x10000),
        random.nextInt(256));
  }

  private InetAddress multicast() {
    return address((byte) (224 + random.nextInt(16)), new byte[4]);
  }

  private InetAddress ip(boolean six) {
    byte[] bytes = new byte[six ? 16 : 4];
    if (six && random.nextInt(4) == 0) { // few ones, many zeros: short forms
      bytes[15 - random.nextInt(6)] = 1;
      return address((byte) 0x20, bytes);
    }
    random.nextBytes(bytes);
    return address((byte) (random.nextBoolean() ? 10 : 200), bytes);
  }

  private static InetAddress address(byte first, byte[] bytes) {
    bytes[0] = first;
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError(e); // only for wrong lengths
    }
  }

  private String pick(String... words) {
    return words[random.nextInt(words.length)];
  }
}
