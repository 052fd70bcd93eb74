package io.jvs.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AccessListTest {
  @Test
  void as_text_it_says_who_may_come_in() {
    assertThat(AccessList.EVERYBODY).hasToString("access for all");
    assertThat(list("10.0.0.0/8")).hasToString("access for [10.0.0.0/8]");
    assertThat(list("10.0.0.0/8", "10.9.0.0/16"))
        .hasToString("access for [10.0.0.0/8] but not [10.9.0.0/16]");
    assertThat(new AccessList(List.of(), networks(0, 1000)))
        .hasToString("access for all but not 1000 networks");
  }

  @Test
  void no_network_is_in_both() {
    assertThatThrownBy(() -> list("10.0.0.0/8", "10.0.0.0/8"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("access: 10.0.0.0/8 is both allowed and denied (expected: one of them)");
  }

  @Test
  void a_hundred_thousand_networks_are_no_trouble() {
    AccessList list = new AccessList(networks(0, 50_000), networks(50_000, 100_000));
    assertThat(list.deny()).hasSize(50_000);
  }

  private static AccessList list(String allow, String... deny) {
    return new AccessList(
        List.of(Network.parse(allow)), List.of(deny).stream().map(Network::parse).toList());
  }

  private static List<Network> networks(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> Network.parse("10." + (i >> 16) + "." + ((i >> 8) & 255) + "." + (i & 255)))
        .toList();
  }
}
