package io.jvs.transport.tcp.hello;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever bytes come, from clients and from servers, something is found or nothing. */
class HelloFuzzTest {
  private static final byte[] FULL =
      Hellos.message(
          Hellos.bytes("id"),
          Hellos.serverName("shop.example"),
          Hellos.extension(35, Hellos.bytes("ticket")),
          Hellos.preSharedKey(Hellos.bytes("key")));

  /** The corpus lies in resources, as HelloFuzzTestInputs. */
  @FuzzTest(maxDuration = "5m")
  void any_first_bytes_are_something_or_nothing(byte[] bytes) {
    Hello whole = read(bytes);
    for (int length = 0; length < Math.min(bytes.length, 300); length++) {
      Hello part = read(Arrays.copyOf(bytes, length));
      if (part != Hello.Incomplete.INSTANCE) { // then more bytes change nothing
        assertThat(part.getClass()).isEqualTo(whole.getClass());
        assertThat(text(part)).isEqualTo(text(whole));
      }
    }
  }

  @FuzzTest(maxDuration = "5m")
  void any_answers_teach_something_or_nothing(byte[] bytes) {
    assertThat(learnt(bytes, 3)).isEqualTo(learnt(bytes, Math.max(bytes.length, 1)));
  }

  @Test
  void messages_that_are_cut_or_changed_are_something_or_nothing() {
    Random random = new Random(6);
    List<byte[]> clients =
        List.of(
            Hellos.records(FULL, 16_000),
            Hellos.records(FULL, 20),
            Hellos.rdp("Cookie: mstshash=ann\r\n"));
    List<byte[]> servers =
        List.of(
            Hellos.records(Hellos.serverHello(Hellos.bytes("id")), 9),
            Hellos.records(Hellos.newSessionTicket(Hellos.bytes("new")), 99));
    for (int i = 0; i < 2_000; i++) {
      any_first_bytes_are_something_or_nothing(changed(clients.get(i % clients.size()), random));
      any_answers_teach_something_or_nothing(changed(servers.get(i % servers.size()), random));
    }
  }

  private static byte[] changed(byte[] bytes, Random random) {
    byte[] changed = Arrays.copyOf(bytes, bytes.length - random.nextInt(2) * random.nextInt(9));
    for (int changes = random.nextInt(1, 5); changes > 0; changes--) {
      changed[random.nextInt(changed.length)] = (byte) random.nextInt(-3, 256);
    }
    return changed;
  }

  private static String text(Hello hello) {
    return hello instanceof ClientHello client
        ? client.host() + " " + client.session()
        : Objects.toString(hello);
  }

  private static List<String> learnt(byte[] bytes, int step) {
    List<String> learnt = new ArrayList<>();
    ClientHello hello = (ClientHello) read(Hellos.records(FULL, 16_000));
    ServerFlight flight = new ServerFlight(hello, learnt::add);
    for (int at = 0; at < bytes.length; at += step) {
      flight.read(ByteBuffer.wrap(bytes, at, Math.min(step, bytes.length - at)));
    }
    return learnt;
  }

  /** In the middle of other bytes, which must stay unread, with marks that must stay. */
  private static Hello read(byte[] bytes) {
    ByteBuffer around = ByteBuffer.allocateDirect(bytes.length + 10);
    around.position(5).put(bytes).limit(5 + bytes.length).position(5);
    ByteBuffer readOnly = around.asReadOnlyBuffer();
    Hello hello = Hello.read(readOnly);
    assertThat(readOnly.position()).isEqualTo(5);
    assertThat(readOnly.remaining()).isEqualTo(bytes.length);
    return hello;
  }
}
