package io.jvs.transport.tcp.hello;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RdpRequestTest {
  private static final String NEGOTIATION = "\1\0\10\0\3\0\0\0";

  private static @Nullable String cookie(String rest) {
    Hello read = Hello.read(ByteBuffer.wrap(Hellos.rdp(rest)));
    assertThat(read).isInstanceOf(RdpRequest.class);
    return ((RdpRequest) read).cookie();
  }

  @Test
  void a_cookie_and_a_token_are_found() {
    assertThat(cookie("Cookie: mstshash=ann\r\n" + NEGOTIATION)).isEqualTo("mstshash=ann");
    assertThat(cookie("Cookie: mstshash=DOMAIN\\an\r\n")).isEqualTo("mstshash=DOMAIN\\an");
    assertThat(cookie("Cookie: msts=3640205228.15629.0000\r\n" + NEGOTIATION))
        .isEqualTo("msts=3640205228.15629.0000");
  }

  @Test
  void without_one_there_is_no_key() {
    assertThat(cookie("")).isNull();
    assertThat(cookie(NEGOTIATION)).isNull();
    assertThat(cookie("Cookie: mstshash=\r\n")).isNull();
    assertThat(cookie("Cookie: mstshash=ann")).as("no end").isNull();
    assertThat(cookie("Cookie: mstshash=a\tb\r\n")).isNull();
    assertThat(cookie("Cookie: other=ann\r\n")).isNull();
  }

  @Test
  void other_packets_are_told_apart() {
    byte[] request = Hellos.rdp("Cookie: mstshash=ann\r\n" + NEGOTIATION);
    for (int length = 0; length < request.length; length++) {
      assertThat(Hello.read(ByteBuffer.wrap(Arrays.copyOf(request, length))))
          .isEqualTo(Hello.Incomplete.INSTANCE);
    }
    for (int[] change : new int[][] {{1, 1}, {2, 0, 3, 10}, {4, 255}, {5, 0xF0}}) {
      byte[] other = request.clone();
      for (int i = 0; i < change.length; i += 2) {
        other[change[i]] = (byte) change[i + 1];
      }
      assertThat(Hello.read(ByteBuffer.wrap(other))).isEqualTo(Hello.Other.INSTANCE);
    }
  }
}
