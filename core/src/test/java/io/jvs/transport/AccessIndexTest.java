package io.jvs.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.AccessList;
import io.jvs.model.Network;
import io.jvs.model.SocketAddresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class AccessIndexTest {
  @Test
  void the_longest_network_decides_whatever_the_order() {
    AccessIndex index = index(List.of("10.0.0.0/8", "10.9.1.0/24"), List.of("10.9.0.0/16"));
    assertThat(allows(index, "10.1.2.3")).isTrue();
    assertThat(allows(index, "10.9.2.3")).isFalse();
    assertThat(allows(index, "10.9.1.3")).isTrue();
    assertThat(allows(index, "10.9.0.255")).isFalse();
    assertThat(allows(index, "10.10.0.0")).isTrue();
    assertThat(allows(index, "11.0.0.0")).isFalse();
    assertThat(allows(index, "9.255.255.255")).isFalse();
    assertThat(allows(index, "2001:db8::1")).as("nobody else is allowed").isFalse();
  }

  @Test
  void without_anything_allowed_all_are_but_the_denied() {
    AccessIndex index = index(List.of(), List.of("255.255.255.0/24", "ffff::/16", "0.0.0.0/32"));
    assertThat(allows(index, "255.255.255.255")).isFalse();
    assertThat(allows(index, "255.255.254.255")).isTrue();
    assertThat(allows(index, "0.0.0.0")).isFalse();
    assertThat(allows(index, "0.0.0.1")).isTrue();
    assertThat(allows(index, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")).isFalse();
    assertThat(allows(index, "fffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff")).isTrue();
  }

  @Test
  void an_ipv4_address_in_ipv6_form_is_the_ipv4_address() throws UnknownHostException {
    AccessIndex index = index(List.of("10.0.0.0/8"), List.of("::/0"));
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xFF;
    mapped[11] = (byte) 0xFF;
    mapped[12] = 10;
    InetAddress address = Inet6Address.getByAddress(null, mapped, -1); // the JDK leaves it as it is
    assertThat(address).isInstanceOf(Inet6Address.class);
    assertThat(index.allows(ClientAddress.of(address))).isTrue();
  }

  @Test
  void everybody_needs_no_index() {
    assertThat(AccessIndex.of(AccessList.EVERYBODY)).isNull();
  }

  /** Few bits, so that networks lie within each other often. */
  @Property(tries = 300)
  void it_says_what_a_walk_over_all_networks_says(@ForAll long seed) {
    SplittableRandom chance = new SplittableRandom(seed);
    boolean ipv6 = chance.nextBoolean();
    Set<Network> allow = new HashSet<>();
    Set<Network> deny = new HashSet<>();
    for (int i = chance.nextInt(30); i >= 0; i--) {
      (chance.nextBoolean() ? allow : deny).add(network(chance, ipv6));
    }
    deny.removeAll(allow);
    AccessList list = new AccessList(List.copyOf(allow), List.copyOf(deny));
    AccessIndex index = AccessIndex.of(list);
    for (int i = 0; i < 200; i++) {
      InetAddress address = address(chance, ipv6);
      assertThat(index == null || index.allows(ClientAddress.of(address)))
          .as("%s by %s", address, list)
          .isEqualTo(walk(list, address));
    }
  }

  private static boolean walk(AccessList list, InetAddress address) {
    int longest = -1;
    boolean allowed = list.allow().isEmpty();
    List<Network> all = new ArrayList<>(list.allow());
    all.addAll(list.deny());
    for (Network network : all) {
      if (network.contains(address) && network.prefix() > longest) {
        longest = network.prefix();
        allowed = list.allow().contains(network);
      }
    }
    return allowed;
  }

  private static Network network(SplittableRandom chance, boolean ipv6) {
    byte[] bits = address(chance, ipv6).getAddress();
    int prefix = chance.nextInt(8 * bits.length + 1);
    for (int i = 0; i < bits.length; i++) {
      bits[i] &= (byte) (0xFF00 >>> Math.min(8, Math.max(0, prefix - 8 * i)));
    }
    return new Network(address(bits), prefix);
  }

  private static InetAddress address(SplittableRandom chance, boolean ipv6) {
    byte[] bits = new byte[ipv6 ? 16 : 4];
    int edge = chance.nextInt(bits.length);
    for (int i = 0; i < bits.length; i++) {
      bits[i] = (byte) (i == edge ? chance.nextInt(256) : chance.nextInt(8) == 0 ? 0 : -1);
    }
    return address(bits);
  }

  private static InetAddress address(byte[] bits) {
    try {
      return bits.length == 16
          ? Inet6Address.getByAddress(null, bits, -1)
          : InetAddress.getByAddress(bits);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean allows(AccessIndex index, String ip) {
    return index.allows(ClientAddress.of(SocketAddresses.parseIp(ip)));
  }

  private static AccessIndex index(List<String> allow, List<String> deny) {
    return Objects.requireNonNull(
        AccessIndex.of(
            new AccessList(
                allow.stream().map(Network::parse).toList(),
                deny.stream().map(Network::parse).toList())));
  }
}
