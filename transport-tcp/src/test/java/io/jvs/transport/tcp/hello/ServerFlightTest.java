package io.jvs.transport.tcp.hello;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerFlightTest {
  private static final byte[] NONE = {};
  private static final byte[] ID = Hellos.bytes("id");
  private static final byte[] TICKET = Hellos.bytes("ticket");
  private static final byte[] KEY = Hellos.bytes("key");
  private static final byte[] TLS_1_3 = Hellos.extension(43, new byte[] {3, 4});
  private static final byte[] CHANGE_CIPHER_SPEC = {20, 3, 3, 0, 1, 1};
  private static final byte[] ENCRYPTED = {23, 3, 3, 0, 2, 7, 7};
  private static final byte[] CERTIFICATE =
      Hellos.join(new byte[] {11, 0, 0x20, 0}, new byte[8192]);

  /** However it is cut up, the same is learnt. */
  private static List<String> learnt(byte[] hello, byte[]... flight) {
    byte[] all = Hellos.join(flight);
    List<String> first = learntFrom(hello, all, all.length);
    assertThat(learntFrom(hello, all, 1)).isEqualTo(first);
    assertThat(learntFrom(hello, all, 7)).isEqualTo(first);
    return first;
  }

  private static List<String> learntFrom(byte[] hello, byte[] flight, int step) {
    List<String> learnt = new ArrayList<>();
    ClientHello offered = (ClientHello) Hello.read(ByteBuffer.wrap(Hellos.records(hello, 16_000)));
    ServerFlight reader = new ServerFlight(offered, learnt::add);
    for (int at = 0; at < flight.length; at += step) {
      ByteBuffer part = ByteBuffer.wrap(flight, at, Math.min(step, flight.length - at)).slice();
      reader.read(part.asReadOnlyBuffer());
    }
    assertThat(reader.isDone()).isTrue();
    return learnt;
  }

  private static byte[] records(byte[]... messages) {
    return Hellos.records(Hellos.join(messages), 1000);
  }

  @Test
  void an_id_is_learnt_when_it_is_given_out_and_when_it_is_taken() {
    assertThat(learnt(Hellos.message(NONE), records(Hellos.serverHello(ID)), CHANGE_CIPHER_SPEC))
        .containsExactly(SessionName.of(ID));
    assertThat(learnt(Hellos.message(ID), records(Hellos.serverHello(ID)), CHANGE_CIPHER_SPEC))
        .containsExactly(SessionName.of(ID));
    assertThat(learnt(Hellos.message(ID), records(Hellos.serverHello(NONE)), CHANGE_CIPHER_SPEC))
        .isEmpty();
  }

  @Test
  void a_ticket_is_learnt_when_it_is_issued_after_the_certificates() {
    byte[] wantsTicket = Hellos.extension(35, NONE);
    assertThat(
            learnt(
                Hellos.message(NONE, wantsTicket),
                records(Hellos.serverHello(ID, wantsTicket), CERTIFICATE, new byte[] {14, 0, 0, 0}),
                records(Hellos.newSessionTicket(TICKET)),
                CHANGE_CIPHER_SPEC,
                records(Hellos.newSessionTicket(KEY))))
        .containsExactly(SessionName.of(TICKET));
  }

  @Test
  void a_ticket_is_learnt_when_it_is_taken_and_the_id_beside_it_is_made_up() {
    byte[] offersTicket = Hellos.extension(35, TICKET);
    assertThat(
            learnt(
                Hellos.message(ID, offersTicket),
                records(Hellos.serverHello(ID)),
                CHANGE_CIPHER_SPEC))
        .containsExactly(SessionName.of(TICKET));
    assertThat(
            learnt(
                Hellos.message(ID, offersTicket),
                records(Hellos.serverHello(ID), Hellos.newSessionTicket(KEY)),
                CHANGE_CIPHER_SPEC))
        .containsExactly(SessionName.of(TICKET), SessionName.of(KEY));
  }

  @Test
  void of_tls_1_3_only_what_was_offered_and_taken_is_learnt() {
    byte[] taken = Hellos.extension(41, new byte[] {0, 0});
    byte[] otherTaken = Hellos.extension(41, new byte[] {0, 1});
    byte[] offers = Hellos.message(ID, Hellos.preSharedKey(KEY));
    assertThat(learnt(offers, records(Hellos.serverHello(ID, TLS_1_3, taken)), ENCRYPTED))
        .containsExactly(SessionName.of(KEY));
    assertThat(learnt(offers, records(Hellos.serverHello(ID, TLS_1_3, otherTaken)), ENCRYPTED))
        .isEmpty();
    assertThat(learnt(offers, records(Hellos.serverHello(ID, TLS_1_3)), ENCRYPTED)).isEmpty();
  }

  @Test
  void a_server_may_ask_for_another_hello_first() {
    byte[] taken = Hellos.extension(41, new byte[] {0, 0});
    assertThat(
            learnt(
                Hellos.message(ID, Hellos.preSharedKey(KEY)),
                records(Hellos.helloRetryRequest(ID, TLS_1_3)),
                CHANGE_CIPHER_SPEC,
                records(Hellos.serverHello(ID, TLS_1_3, taken)),
                ENCRYPTED))
        .containsExactly(SessionName.of(KEY));
  }

  @Test
  void anything_else_ends_it() {
    byte[] hello = Hellos.message(NONE);
    assertThat(learnt(hello, Hellos.bytes("HTTP/1.1 400 Bad Request"))).isEmpty();
    assertThat(learnt(hello, new byte[] {21, 3, 3, 0, 2, 2, 40})).as("an alert").isEmpty();
    byte[] cut = Hellos.serverHello(ID, TLS_1_3);
    cut[cut.length - 3]++; // the length of the extension
    assertThat(learnt(hello, records(cut))).isEmpty();
    assertThat(learnt(hello, records(new byte[200_000]))).as("endless").isEmpty();
  }
}
