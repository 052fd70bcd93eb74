package io.jvs.launcher.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jvs.model.SocketAddresses;
import io.jvs.transport.udp.QuicRouting;
import io.jvs.transport.udp.QuicServerIds;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class QuicReaderTest {
  private static final InetSocketAddress A = SocketAddresses.parse("10.0.0.1:443");
  private static final InetSocketAddress B = SocketAddresses.parse("10.0.0.2:443");
  private static final String KEY = "8f95f09245765f80256934e50c66207f";

  private final Problems problems = new Problems("jvs.yaml");

  private @Nullable QuicRouting read(String yaml) {
    return QuicReader.read(
        new Value(problems, Objects.requireNonNull(YamlDocument.read(yaml, problems)), "quic"));
  }

  private List<String> problems(String yaml) {
    assertThat(read(yaml)).isNull();
    ConfigurationException told =
        catchThrowableOfType(ConfigurationException.class, problems::throwIfAny);
    return told.problems().stream().map(Problem::toString).toList();
  }

  @Test
  void a_word_is_enough_to_learn() throws Exception {
    assertThat(read("learned")).isEqualTo(QuicRouting.LEARNED);
    assertThat(read("{ learned: true, maxIds: 1000 }"))
        .isEqualTo(QuicRouting.LEARNED.withMaximum(1000));
    problems.throwIfAny();
  }

  @Test
  void server_ids_may_have_a_key_and_several_forms_and_be_learnt_besides() throws Exception {
    Map<String, InetSocketAddress> servers = Map.of("c4605e", A, "000012", B);
    assertThat(
            read(
                """
                serverIds:
                  length: 3
                  nonce: 8
                  key: %s
                  rotation: 2
                  servers: { c4605e: 10.0.0.1:443, 000012: 10.0.0.2:443 }
                """
                    .formatted(KEY)))
        .isEqualTo(QuicRouting.by(QuicServerIds.encrypted(2, 3, 8, KEY, servers)));
    assertThat(
            read(
                """
                learned: true
                serverIds:
                  - { rotation: 0, length: 1, servers: { 01: 10.0.0.1:443 } }
                  - { rotation: 1, offset: 3, length: 1, servers: { 01: 10.0.0.1:443 } }
                """))
        .isEqualTo(
            QuicRouting.by(
                    QuicServerIds.plain(0, 1, Map.of("01", A)),
                    new QuicServerIds(1, 3, 1, 0, null, Map.of("01", A)))
                .withLearned(true));
    problems.throwIfAny();
  }

  @Test
  void wrong_words_are_told() {
    assertThat(problems("learning"))
        .containsExactly("jvs.yaml:1:1: quic: 'learning' (expected: one of [learned])");
  }

  @Test
  void nothing_to_go_by_is_told() {
    assertThat(problems("{ learned: false }"))
        .containsExactly(
            "jvs.yaml:1:1: quic: udp: QUIC without anything to go by (expected: learned, server ids,"
                + " or both)");
  }

  @Test
  void all_that_is_wrong_is_told_at_its_place() {
    assertThat(
            problems(
                """
                learned: maybe
                maxIds: 0
                serverIds:
                  - { rotation: 7, length: 0, nonce: 3, offset: 20, servers: { a: b } }
                  - { lenght: 1 }
                """))
        .containsExactly(
            "jvs.yaml:1:10: quic.learned: 'maybe' (expected: true or false)",
            "jvs.yaml:2:9: quic.maxIds: 0 (expected: 1 to 100000000)",
            "jvs.yaml:4:17: quic.serverIds[0].rotation: 7 (expected: 0 to 6)",
            "jvs.yaml:4:28: quic.serverIds[0].length: 0 (expected: 1 to 20)",
            "jvs.yaml:4:38: quic.serverIds[0].nonce: 3 (expected: 4 to 18)",
            "jvs.yaml:4:49: quic.serverIds[0].offset: 20 (expected: 0 to 19)",
            "jvs.yaml:4:67: quic.serverIds[0].servers.a: address 'b' (expected: HOST:PORT, with an"
                + " IPv6 address in brackets: 192.0.2.1:80, [2001:db8::1]:80 or name.example:80)",
            "jvs.yaml:5:5: quic.serverIds[1]: servers is missing (expected: an object of server ids"
                + " and real servers, such as { c4605e: 10.0.0.1:443 })",
            "jvs.yaml:5:7: quic.serverIds[1].lenght: unknown key (expected: one of [rotation, offset,"
                + " length, nonce, key, servers]; did you mean 'length'?)");
  }

  @Test
  void what_does_not_fit_together_is_told() {
    assertThat(
            problems(
                """
                serverIds:
                  - { length: 3, nonce: 4, servers: { c4605e: 10.0.0.1:443 } }
                  - { length: 3, servers: { c460: 10.0.0.1:443 } }
                  - { length: 3, key: secret, nonce: 4, servers: { c4605e: 10.0.0.1:443 } }
                """))
        .containsExactly(
            "jvs.yaml:2:37: quic.serverIds[0].servers: udp: QUIC: nonce 4 without a key (expected:"
                + " none, or a key)",
            "jvs.yaml:3:27: quic.serverIds[1].servers: udp: QUIC: server id 'c460' (expected: 6"
                + " hexadecimal digits)",
            "jvs.yaml:4:50: quic.serverIds[2].servers: udp: QUIC: a key of 6 characters (expected: 32"
                + " hexadecimal digits)");
  }

  @Test
  void two_forms_for_the_same_ids_are_told() {
    assertThat(
            problems(
                """
                serverIds:
                  - { length: 1, servers: { 01: 10.0.0.1:443 } }
                  - { length: 2, servers: { 0101: 10.0.0.1:443 } }
                """))
        .containsExactly(
            "jvs.yaml:1:1: quic: udp: QUIC: several forms of server ids for the same connection ids"
                + " (expected: each with a rotation of its own, 0 to 6)");
  }
}
