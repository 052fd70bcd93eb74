package io.jvs.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.balancing.FakeTicker;
import io.jvs.model.Flow;
import io.jvs.model.Persistence.SourceNetwork;
import io.jvs.model.SocketAddresses;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TemplateTableTest {
  private static final SourceNetwork TEN_SECONDS =
      new SourceNetwork(Duration.ofSeconds(10), 24, 64);

  private final FakeTicker ticker = new FakeTicker();
  private final Map<String, Integer> counts = new HashMap<>();

  private TemplateTable<String> table(boolean byDestination, int max) {
    return new TemplateTable<>(
        TEN_SECONDS, byDestination, ticker, (s, n) -> counts.merge(s, n, Integer::sum), max);
  }

  private static Flow flow(String client, String destination) {
    return Flow.tcp(SocketAddresses.parse(client), SocketAddresses.parse(destination));
  }

  private static Flow from(String client) {
    return flow(client, client.startsWith("[") ? "[2001:db8::80]:80" : "192.0.2.1:80");
  }

  private Template<String> remember(TemplateTable<String> table, Flow flow, String server) {
    return Objects.requireNonNull(table.remember(flow, server, null));
  }

  @Test
  void clients_of_one_network_are_one_client() {
    TemplateTable<String> table = table(false, 10);
    remember(table, from("198.51.100.7:1"), "a");
    assertThat(table.find(from("198.51.100.200:2"))).isNotNull();
    assertThat(table.find(from("198.51.101.7:1"))).isNull();
    remember(table, from("[2001:db8:0:1::7]:1"), "b");
    assertThat(table.find(from("[2001:db8:0:1:ffff::1]:1"))).isNotNull();
    assertThat(table.find(from("[2001:db8:0:2::7]:1"))).isNull();
  }

  @Test
  void prefixes_may_end_anywhere() {
    for (int prefix = 1; prefix <= 128; prefix++) {
      SourceNetwork mask = new SourceNetwork(Duration.ofSeconds(1), Math.min(prefix, 32), prefix);
      TemplateTable<String> table = new TemplateTable<>(mask, false, ticker, (s, n) -> {}, 10);
      remember(table, from("[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:1"), "a");
      byte[] other = new byte[16];
      java.util.Arrays.fill(other, (byte) 0xff);
      other[(prefix - 1) / 8] ^= (byte) (0x80 >> ((prefix - 1) % 8)); // the last bit that counts
      assertThat(table.find(fromBits(other))).as("/%d, bit inside", prefix).isNull();
      java.util.Arrays.fill(other, (byte) 0xff);
      if (prefix < 128) {
        other[prefix / 8] ^= (byte) (0x80 >> (prefix % 8)); // the first that does not
      }
      assertThat(table.find(fromBits(other))).as("/%d, bit outside", prefix).isNotNull();
    }
  }

  private static Flow fromBits(byte[] client) {
    try {
      return Flow.tcp(
          new java.net.InetSocketAddress(java.net.InetAddress.getByAddress(client), 1),
          SocketAddresses.parse("[2001:db8::80]:80"));
    } catch (java.net.UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_service_of_several_addresses_has_templates_for_each() {
    TemplateTable<String> table = table(true, 10);
    remember(table, flow("198.51.100.7:1", "192.0.2.1:80"), "a");
    assertThat(table.find(flow("198.51.100.7:1", "192.0.2.2:80"))).isNull();
    assertThat(table.find(flow("198.51.100.7:1", "192.0.2.1:443"))).isNotNull();
  }

  @Test
  void a_flow_without_addresses_is_known_by_its_key_or_not_at_all() {
    TemplateTable<String> table = table(false, 10);
    remember(table, Flow.keyed("ann"), "a");
    assertThat(table.find(Flow.keyed("ann"))).isNotNull();
    assertThat(table.find(Flow.keyed("bob"))).isNull();
    assertThat(table.remember(Flow.any(), "a", null)).isNull();
    assertThat(table.find(Flow.any())).isNull();
  }

  @Test
  void the_time_starts_anew_with_each_new_connection() {
    TemplateTable<String> table = table(false, 10);
    Template<String> template = remember(table, from("198.51.100.7:1"), "a");
    template.connectionOpened(ticker.nanoTime());
    template.connectionClosed(ticker.nanoTime());
    ticker.advance(Duration.ofSeconds(9));
    template.connectionOpened(ticker.nanoTime());
    template.connectionClosed(ticker.nanoTime());
    ticker.advance(Duration.ofSeconds(9));
    assertThat(table.find(from("198.51.100.7:1"))).isSameAs(template);
    ticker.advance(Duration.ofSeconds(1));
    assertThat(table.find(from("198.51.100.7:1"))).isNull();
    assertThat(counts).containsEntry("a", 0);
  }

  @Test
  void a_template_with_open_connections_lives_in_steps_of_a_minute_for_ever_after() {
    TemplateTable<String> table = table(false, 10);
    Template<String> template = remember(table, from("198.51.100.7:1"), "a");
    template.connectionOpened(ticker.nanoTime());
    ticker.advance(Duration.ofSeconds(100)); // out at 10 s, again at 70 s, so until 130 s
    assertThat(template.remainingNanos(ticker.nanoTime())).isEqualTo(30_000_000_000L);
    template.connectionClosed(ticker.nanoTime());
    ticker.advance(Duration.ofSeconds(29));
    assertThat(table.find(from("198.51.100.7:1"))).isSameAs(template);
    template.connectionOpened(ticker.nanoTime());
    assertThat(template.remainingNanos(ticker.nanoTime())).isEqualTo(60_000_000_000L);
    template.connectionClosed(ticker.nanoTime());
    ticker.advance(Duration.ofSeconds(60));
    assertThat(table.find(from("198.51.100.7:1"))).isNull();
  }

  @Test
  void of_two_threads_that_remember_at_once_the_first_one_holds() {
    TemplateTable<String> table = table(false, 10);
    Flow flow = from("198.51.100.7:1");
    Template<String> first = remember(table, flow, "a");
    assertThat(table.remember(flow, "b", null)).isSameAs(first);
    assertThat(counts).containsEntry("a", 1).doesNotContainKey("b");
    Template<String> second = Objects.requireNonNull(table.remember(flow, "b", first));
    assertThat(second.server()).isEqualTo("b");
    assertThat(table.remember(flow, "c", first)).isSameAs(second);
    assertThat(counts).containsEntry("a", 0).containsEntry("b", 1).doesNotContainKey("c");
  }

  @Test
  void a_full_table_remembers_nobody_new_until_old_ones_have_run_out() {
    TemplateTable<String> table = table(false, 3);
    for (int i = 0; i < 5; i++) {
      table.remember(from("198.51." + i + ".7:1"), "a", null);
    }
    assertThat(table.size()).isEqualTo(3);
    assertThat(table.remember(from("198.51.9.7:1"), "a", null)).isNull();
    ticker.advance(Duration.ofSeconds(10));
    assertThat(table.remember(from("198.51.9.7:1"), "a", null)).isNotNull();
    assertThat(table.size()).isEqualTo(1);
    assertThat(counts).containsEntry("a", 1);
  }

  @Test
  void a_flood_of_clients_that_never_return_does_not_pile_up() {
    TemplateTable<String> table = table(false, 1_000_000);
    int largest = 0;
    for (int second = 0; second < 200; second++) {
      for (int i = 0; i < 200; i++) {
        table.remember(from("10." + second + "." + i + ".1:1"), "a", null);
      }
      ticker.advance(Duration.ofSeconds(1));
      largest = Math.max(largest, table.size());
    }
    assertThat(largest).isLessThan(2 * 11 * 200 + 1024); // 11 s alive, doubled between sweeps
  }

  @Test
  void another_mask_forgets_and_another_timeout_does_not() {
    TemplateTable<String> table = table(false, 10);
    remember(table, from("198.51.100.7:1"), "a");
    var address = io.jvs.model.VirtualAddress.tcp("192.0.2.1", 80);
    TemplateTable<String> longer =
        table.with(new SourceNetwork(Duration.ofSeconds(99), 24, 64), address);
    assertThat(longer.size()).isEqualTo(1);
    TemplateTable<String> wider =
        table.with(new SourceNetwork(Duration.ofSeconds(99), 16, 64), address);
    assertThat(wider.size()).isZero();
    assertThat(counts).containsEntry("a", 0);
  }
}
