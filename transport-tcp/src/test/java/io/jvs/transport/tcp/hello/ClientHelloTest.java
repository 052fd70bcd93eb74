package io.jvs.transport.tcp.hello;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClientHelloTest {
  private static final byte[] NONE = {};

  private static Hello read(byte[] bytes) {
    return Hello.read(ByteBuffer.wrap(bytes));
  }

  private static ClientHello hello(byte[] bytes) {
    Hello read = read(bytes);
    assertThat(read).isInstanceOf(ClientHello.class);
    return (ClientHello) read;
  }

  private static @Nullable String host(byte[]... extensions) {
    return hello(Hellos.records(Hellos.message(NONE, extensions), 16_384)).host();
  }

  @Test
  void the_jdk_asks_for_a_host_in_every_version() throws Exception {
    assertThat(hello(Hellos.ofJdk("Shop.Example", "TLSv1.3", "TLSv1.2")).host())
        .isEqualTo("shop.example");
    ClientHello older = hello(Hellos.ofJdk("shop.example", "TLSv1.2"));
    assertThat(older.host()).isEqualTo("shop.example");
    assertThat(older.session()).as("the first time").isNull();
    assertThat(hello(Hellos.ofJdk(null, "TLSv1.3")).host()).isNull();
    assertThat(hello(Hellos.ofJdk(null, "TLSv1.3")).session()).as("made up").isNotNull();
  }

  @Test
  void a_large_one_in_many_records_is_put_together() {
    byte[] keyShare = Hellos.extension(51, new byte[3 * 1216]); // three of X25519MLKEM768
    byte[] message = Hellos.message(NONE, keyShare, Hellos.serverName("shop.example"));
    for (int size : new int[] {1, 3, 4, 5, 100, 2000, 16_384}) {
      byte[] records = Hellos.records(message, size);
      assertThat(hello(records).host()).as("records of " + size).isEqualTo("shop.example");
      for (int length = 0; length < records.length; length += 1 + length / 50) {
        assertThat(read(java.util.Arrays.copyOf(records, length)))
            .isEqualTo(Hello.Incomplete.INSTANCE);
      }
    }
  }

  @Test
  void unknown_extensions_are_passed_over() {
    byte[] grease = Hellos.extension(0x1a1a, new byte[1]);
    byte[] ech = Hellos.extension(0xfe0d, new byte[200]);
    assertThat(host(grease, ech, Hellos.serverName("outer.example"), grease))
        .isEqualTo("outer.example");
    assertThat(host(Hellos.extension(0, Hellos.vector(2, new byte[] {1, 0, 1, 'x'})))).isNull();
  }

  @Test
  void a_name_that_is_none_is_no_name() {
    assertThat(host(Hellos.serverName("x y"))).isNull();
    assertThat(host(Hellos.serverName(""))).isNull();
    assertThat(host(Hellos.serverName("x".repeat(254)))).isNull();
    assertThat(host(Hellos.serverName("xn--bcher-kva.example"))).isEqualTo("xn--bcher-kva.example");
  }

  @Test
  void a_session_is_known_by_its_key_else_its_ticket_else_its_id() {
    byte[] id = Hellos.bytes("id");
    byte[] ticket = Hellos.extension(35, Hellos.bytes("ticket"));
    byte[] noTicket = Hellos.extension(35, NONE);
    byte[] key = Hellos.preSharedKey(Hellos.bytes("key"));
    assertThat(hello(Hellos.records(Hellos.message(id, ticket, key), 99)).session())
        .isEqualTo(SessionName.of(Hellos.bytes("key")));
    assertThat(hello(Hellos.records(Hellos.message(id, ticket), 99)).session())
        .isEqualTo(SessionName.of(Hellos.bytes("ticket")));
    assertThat(hello(Hellos.records(Hellos.message(id, noTicket), 99)).session())
        .isEqualTo(SessionName.of(Hellos.bytes("id")))
        .matches("[0-9a-f]{32}");
    assertThat(hello(Hellos.records(Hellos.message(NONE, noTicket), 99)).session()).isNull();
  }

  @Test
  void what_is_no_hello_is_told_as_soon_as_it_is_seen() {
    assertThat(read(Hellos.bytes("G"))).isEqualTo(Hello.Other.INSTANCE);
    assertThat(read(new byte[] {22, 2})).isEqualTo(Hello.Other.INSTANCE);
    assertThat(read(new byte[] {22, 3, 1, 0, 0})).isEqualTo(Hello.Other.INSTANCE);
    assertThat(read(new byte[] {22, 3, 1, 0x40, 1})).isEqualTo(Hello.Other.INSTANCE);
    assertThat(read(new byte[] {22, 3, 1, 0, 9, 2})).isEqualTo(Hello.Other.INSTANCE);
    assertThat(read(new byte[] {22, 3, 1, 0, 9, 1, 1, 0, 1})).isEqualTo(Hello.Other.INSTANCE);
    assertThat(read(new byte[] {(byte) 0x80, 0x2e, 1})).as("SSL 2").isEqualTo(Hello.Other.INSTANCE);
    byte[] cut = Hellos.message(NONE, Hellos.serverName("x"));
    cut[cut.length - 2]++; // the length of the name
    assertThat(read(Hellos.records(cut, 999))).isEqualTo(Hello.Other.INSTANCE);
    assertThat(read(NONE)).isEqualTo(Hello.Incomplete.INSTANCE);
  }
}
