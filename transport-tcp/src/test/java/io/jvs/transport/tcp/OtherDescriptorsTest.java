package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OtherDescriptorsTest {
  private final AtomicInteger others = new AtomicInteger();

  @Test
  void what_others_may_take_is_no_room_for_connections() {
    TcpTransport transport = TcpTransport.builder().otherDescriptors(others::get).build();
    int alone = transport.status().maxConnections();
    assertThat(alone).isGreaterThan(1);

    others.set(Integer.MAX_VALUE);
    transport.apply(List.of());
    assertThat(transport.status().maxConnections()).isEqualTo(1);

    others.set(0);
    transport.apply(List.of());
    assertThat(transport.status().maxConnections()).isEqualTo(alone);
    transport.close();
  }

  @Test
  void a_limit_that_is_given_stays_as_it_is() {
    others.set(Integer.MAX_VALUE);
    TcpTransport transport =
        TcpTransport.builder().otherDescriptors(others::get).maxConnections(70).build();
    transport.apply(List.of());

    assertThat(transport.status().maxConnections()).isEqualTo(70);
    transport.close();
  }
}
