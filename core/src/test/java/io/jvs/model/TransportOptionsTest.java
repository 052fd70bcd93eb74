package io.jvs.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.jvs.model.TransportOptions.Several;
import java.util.List;
import org.junit.jupiter.api.Test;

class TransportOptionsTest {
  private record Loud(int volume) implements TransportOptions {}

  private record Soft(int volume) implements TransportOptions {}

  private record Dark() implements TransportOptions {}

  private static VirtualService with(TransportOptions options) {
    return VirtualService.at(VirtualAddress.firewallMark(7, AddressFamily.IPV4))
        .transportOptions(options)
        .build();
  }

  @Test
  void each_transport_finds_its_own() {
    VirtualService both = with(new Several(List.of(new Loud(1), new Soft(2))));

    assertThat(both.transportOptions(Loud.class)).isEqualTo(new Loud(1));
    assertThat(both.transportOptions(Soft.class)).isEqualTo(new Soft(2));
    assertThat(both.transportOptions(Dark.class)).isNull();
  }

  @Test
  void one_kind_stands_alone() {
    assertThat(with(new Loud(1)).transportOptions(Loud.class)).isEqualTo(new Loud(1));
    assertThat(with(new Loud(1)).transportOptions(Soft.class)).isNull();
  }

  @Test
  void one_of_each_kind_and_two_at_least() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Several(List.of(new Loud(1), new Loud(2))))
        .withMessageContaining("expected: one of each kind");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Several(List.of(new Loud(1))))
        .withMessageContaining("itself alone");
  }
}
