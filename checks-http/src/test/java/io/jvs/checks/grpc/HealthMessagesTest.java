package io.jvs.checks.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HealthMessagesTest {
  @Test
  void a_request_names_the_service() {
    assertThat(HealthMessages.request("")).containsExactly(0, 0, 0, 0, 0);
    assertThat(HealthMessages.request("ab")).containsExactly(0, 0, 0, 0, 4, 10, 2, 'a', 'b');
    byte[] longest = HealthMessages.request("x".repeat(200));
    assertThat(longest).hasSize(5 + 1 + 2 + 200).startsWith(0, 0, 0, 0, 203, 10, 0xc8, 1);
  }

  @Property(seed = "4711", tries = 20_000)
  void any_message_gives_a_status_or_a_reason(@ForAll @Size(max = 40) byte[] message) {
    byte[] framed = new byte[message.length + 5];
    framed[4] = (byte) message.length;
    System.arraycopy(message, 0, framed, 5, message.length);
    read(framed);
  }

  @Property(seed = "4712", tries = 5_000)
  void any_body_gives_a_status_or_a_reason(@ForAll @Size(max = 40) byte[] body) {
    read(body);
  }

  private static void read(byte[] body) {
    try {
      int unused = HealthMessages.status(body);
    } catch (IOException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
