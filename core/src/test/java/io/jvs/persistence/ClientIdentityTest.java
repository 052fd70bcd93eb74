package io.jvs.persistence;

import static io.jvs.persistence.TemplateWorld.flow;
import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.AddressFamily;
import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.Persistence.SourceNetwork;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Which flows are of one client, and which are not: the table of keys in ip_vs_sched_persist. */
class ClientIdentityTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Persistence BY_ADDRESS = Persistence.sourceAddress(MINUTE);
  private static final VirtualAddress ALL_PORTS = VirtualAddress.tcp("192.0.2.1", 0);
  private static final VirtualAddress ALL_PORTS_IPV6 = VirtualAddress.tcp("2001:db8::80", 0);
  private static final VirtualAddress MARK = VirtualAddress.firewallMark(7, AddressFamily.IPV4);

  private static boolean areOne(
      Persistence persistence, VirtualAddress address, Flow first, Flow second) {
    TemplateWorld world = new TemplateWorld(persistence, address);
    world.remember(first, "a");
    assertThat(world.serverOf(first)).as("%s itself", first).isEqualTo("a");
    return world.find(second) != null;
  }

  private static Flow udp(String client, String destination) {
    return Flow.udp(SocketAddresses.parse(client), SocketAddresses.parse(destination));
  }

  @Test
  void clients_of_one_network_are_one_client() {
    SourceNetwork network = new SourceNetwork(MINUTE, 24, 64);
    Flow first = TemplateWorld.from("198.51.100.7:1");
    assertThat(areOne(network, TemplateWorld.WEB, first, TemplateWorld.from("198.51.100.200:2")))
        .isTrue();
    assertThat(areOne(network, TemplateWorld.WEB, first, TemplateWorld.from("198.51.101.7:1")))
        .isFalse();
    Flow sixth = TemplateWorld.from("[2001:db8:0:1::7]:1");
    assertThat(
            areOne(
                network, TemplateWorld.WEB, sixth, TemplateWorld.from("[2001:db8:0:1:ffff::1]:1")))
        .isTrue();
    assertThat(areOne(network, TemplateWorld.WEB, sixth, TemplateWorld.from("[2001:db8:0:2::7]:1")))
        .isFalse();
  }

  @Test
  void prefixes_may_end_anywhere() {
    for (int prefix = 1; prefix <= 128; prefix++) {
      SourceNetwork mask = new SourceNetwork(MINUTE, Math.min(prefix, 32), prefix);
      Flow ones = fromBits(ones(16));
      byte[] inside = ones(16);
      inside[(prefix - 1) / 8] ^= (byte) (0x80 >> ((prefix - 1) % 8)); // the last that counts
      assertThat(areOne(mask, TemplateWorld.WEB, ones, fromBits(inside)))
          .as("/%d, bit inside", prefix)
          .isFalse();
      if (prefix < 128) {
        byte[] outside = ones(16);
        outside[prefix / 8] ^= (byte) (0x80 >> (prefix % 8)); // the first that does not
        assertThat(areOne(mask, TemplateWorld.WEB, ones, fromBits(outside)))
            .as("/%d, bit outside", prefix)
            .isTrue();
      }
    }
  }

  private static byte[] ones(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 0xff);
    return bytes;
  }

  private static Flow fromBits(byte[] client) {
    try {
      return Flow.tcp(
          new InetSocketAddress(InetAddress.getByAddress(client), 1),
          SocketAddresses.parse("[2001:db8::80]:80"));
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_service_at_one_address_and_port_looks_at_the_client_alone() {
    Flow first = flow("198.51.100.7:1", "192.0.2.1:80");
    assertThat(areOne(BY_ADDRESS, TemplateWorld.WEB, first, flow("198.51.100.7:2", "192.0.2.1:80")))
        .isTrue();
    assertThat(areOne(BY_ADDRESS, TemplateWorld.WEB, first, flow("198.51.100.8:1", "192.0.2.1:80")))
        .isFalse();
  }

  @Test
  void a_service_of_all_ports_has_a_client_for_each_address_and_none_for_each_port() {
    Flow first = flow("198.51.100.7:1", "192.0.2.1:80");
    assertThat(areOne(BY_ADDRESS, ALL_PORTS, first, flow("198.51.100.7:1", "192.0.2.1:443")))
        .isTrue();
    assertThat(areOne(BY_ADDRESS, ALL_PORTS, first, flow("198.51.100.7:1", "192.0.2.2:80")))
        .isFalse();
    Flow sixth = flow("[2001:db8::7]:1", "[2001:db8::80]:80");
    assertThat(
            areOne(
                BY_ADDRESS, ALL_PORTS_IPV6, sixth, flow("[2001:db8::7]:1", "[2001:db8::80]:443")))
        .isTrue();
    assertThat(
            areOne(BY_ADDRESS, ALL_PORTS_IPV6, sixth, flow("[2001:db8::7]:1", "[2001:db8::81]:80")))
        .isFalse();
    VirtualAddress everywhere = VirtualAddress.tcp("0.0.0.0", 80);
    assertThat(areOne(BY_ADDRESS, everywhere, first, flow("198.51.100.7:1", "192.0.2.2:80")))
        .isFalse();
  }

  @Test
  void a_client_is_another_one_with_another_protocol_except_behind_a_firewall_mark() {
    Flow tcp = flow("198.51.100.7:1", "192.0.2.1:80").withMark(7);
    Flow udp = udp("198.51.100.7:1", "192.0.2.99:53").withMark(7);
    assertThat(areOne(BY_ADDRESS, MARK, tcp, udp)).isTrue();
    assertThat(areOne(BY_ADDRESS, ALL_PORTS, tcp, udp("198.51.100.7:1", "192.0.2.1:80"))).isFalse();
    assertThat(areOne(BY_ADDRESS, VirtualAddress.none(), tcp, udp)).isTrue();
  }

  @Test
  void with_ports_each_port_of_a_client_is_a_client() {
    Persistence byPort = Persistence.sourcePort(MINUTE);
    Flow first = TemplateWorld.from("198.51.100.7:1");
    assertThat(areOne(byPort, TemplateWorld.WEB, first, TemplateWorld.from("198.51.100.7:1")))
        .isTrue();
    assertThat(areOne(byPort, TemplateWorld.WEB, first, TemplateWorld.from("198.51.100.7:2")))
        .isFalse();
    assertThat(areOne(byPort, TemplateWorld.WEB, first, TemplateWorld.from("198.51.100.8:1")))
        .isFalse();
    Flow sixth = TemplateWorld.from("[2001:db8::7]:65535");
    assertThat(areOne(byPort, TemplateWorld.WEB, sixth, TemplateWorld.from("[2001:db8::7]:65534")))
        .isFalse();
  }

  @Test
  void a_key_wins_over_the_address_where_the_definition_asks_for_keys() {
    Persistence byKey = Persistence.applicationKey(MINUTE);
    Flow ann = TemplateWorld.from("198.51.100.7:1").withKey("ann");
    assertThat(
            areOne(
                byKey, TemplateWorld.WEB, ann, TemplateWorld.from("203.0.113.9:1").withKey("ann")))
        .isTrue();
    assertThat(
            areOne(
                byKey, TemplateWorld.WEB, ann, TemplateWorld.from("198.51.100.7:1").withKey("bob")))
        .isFalse();
    assertThat(areOne(byKey, TemplateWorld.WEB, ann, Flow.keyed("ann"))).isTrue();
    TemplateWorld world = new TemplateWorld(byKey, TemplateWorld.WEB);
    assertThat(world.tryToRemember(TemplateWorld.from("198.51.100.7:1"), "a"))
        .as("without a key")
        .isNull();
  }

  @Test
  void elsewhere_the_address_wins_over_the_key() {
    Flow ann = TemplateWorld.from("198.51.100.7:1").withKey("ann");
    assertThat(
            areOne(
                BY_ADDRESS,
                TemplateWorld.WEB,
                ann,
                TemplateWorld.from("198.51.100.7:1").withKey("bob")))
        .isTrue();
    assertThat(
            areOne(
                BY_ADDRESS,
                TemplateWorld.WEB,
                ann,
                TemplateWorld.from("203.0.113.9:1").withKey("ann")))
        .isFalse();
  }

  @Test
  void a_flow_without_addresses_is_known_by_its_key_or_not_at_all() {
    assertThat(areOne(BY_ADDRESS, VirtualAddress.none(), Flow.keyed(17), Flow.keyed(17))).isTrue();
    assertThat(areOne(BY_ADDRESS, VirtualAddress.none(), Flow.keyed(17), Flow.keyed(18))).isFalse();
    TemplateWorld world = new TemplateWorld(BY_ADDRESS, VirtualAddress.none());
    assertThat(world.tryToRemember(Flow.any(), "a")).isNull();
    assertThat(world.find(Flow.any())).isNull();
  }

  @Test
  void keys_with_one_hash_code_are_different_clients() {
    assertThat("Aa".hashCode()).isEqualTo("BB".hashCode());
    Persistence byKey = Persistence.applicationKey(MINUTE);
    assertThat(areOne(byKey, TemplateWorld.WEB, Flow.keyed("Aa"), Flow.keyed("BB"))).isFalse();
    record Same(int number) {
      @Override
      public int hashCode() {
        return 1;
      }
    }

    TemplateWorld world = new TemplateWorld(byKey, TemplateWorld.WEB);
    for (int i = 0; i < 100; i++) {
      world.remember(Flow.keyed(new Same(i)), "s" + i);
    }
    for (int i = 0; i < 100; i++) {
      assertThat(world.serverOf(Flow.keyed(new Same(i)))).isEqualTo("s" + i);
    }
  }
}
