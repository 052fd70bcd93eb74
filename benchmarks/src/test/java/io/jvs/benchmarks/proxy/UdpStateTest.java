package io.jvs.benchmarks.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.util.Map;
import org.junit.jupiter.api.Test;

class UdpStateTest {
  @Test
  void only_what_is_said_of_udp_counts() throws Exception {
    UdpState state =
        UdpState.parse(
            """
            {
              "tcp" : { "flows" : 1, "dropped" : { "stray" : 9 } },
              "udp" : {
                "engine" : "epoll", "flows" : 16, "evicted" : 3,
                "dropped" : { "stray" : 2, "refused" : 0, "too-long" : 5 },
                "sourcePorts" : 4
              },
              "services" : [ { "flows" : 7 } ]
            }
            """);

    assertThat(state).isEqualTo(new UdpState(16, 3, 4, Map.of("stray", 2L, "too-long", 5L)));
    assertThat(state.allDropped()).isEqualTo(7);
  }

  @Test
  void what_is_missing_is_named() {
    assertThatIOException()
        .isThrownBy(() -> UdpState.parse("{ \"udp\" : null }"))
        .withMessageStartingWith("the status has no object 'udp'");
    assertThatIOException()
        .isThrownBy(() -> UdpState.parse("{ \"udp\" : { \"flows\" : 1, \"dropped\" : {} } }"))
        .withMessageStartingWith("the status of the UDP transport has no 'evicted'");
  }
}
