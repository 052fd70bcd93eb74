package io.jvs.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.0/8", "0.0.0.0/0", "192.0.2.7", "2001:db8::/32", "::/0", "2001:db8::1"})
  void what_is_read_is_written_the_same(String text) {
    assertThat(Network.parse(text)).hasToString(text);
  }

  @Test
  void a_whole_prefix_is_a_single_address() {
    assertThat(Network.parse("10.0.0.1/32")).isEqualTo(Network.parse("10.0.0.1"));
    assertThat(Network.parse("2001:db8::1/128")).hasToString("2001:db8::1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.0.0.1/8 | network 10.0.0.1/8 has bits behind its prefix (expected: 10.0.0.0/8, or a"
            + " longer prefix)",
        "2001:db8::1/64 | network 2001:db8::1/64 has bits behind its prefix (expected:"
            + " 2001:db8::/64, or a longer prefix)",
        "10.0.0.0/33 | network 10.0.0.0/33 (expected: a prefix length of 0 to 32)",
        "2001:db8::/129 | network 2001:db8::/129 (expected: a prefix length of 0 to 128)",
        "10.0.0.0/ | network '10.0.0.0/' (expected: such as 10.0.0.0/8",
        "10.0.0.0/-1 | network '10.0.0.0/-1' (expected: such as 10.0.0.0/8",
        "10.0.0.0/8/8 | network '10.0.0.0/8/8' (expected: such as 10.0.0.0/8",
        "10.0.0/8 | network '10.0.0/8' (expected: such as 10.0.0.0/8",
        "db.example | network 'db.example' (expected: such as 10.0.0.0/8",
        "'' | network '' (expected: such as 10.0.0.0/8"
      })
  void anything_else_is_refused(String text, String message) {
    assertThatThrownBy(() -> Network.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void the_other_family_is_never_within() {
    assertThat(Network.parse("::/0").contains(SocketAddresses.parseIp("10.0.0.1"))).isFalse();
    assertThat(Network.parse("0.0.0.0/0").contains(SocketAddresses.parseIp("::1"))).isFalse();
  }

  @Property
  void an_ipv4_network_has_whoever_shares_its_bits(
      @ForAll @Size(4) byte[] network,
      @ForAll @Size(4) byte[] other,
      @ForAll @IntRange(max = 32) int prefix)
      throws UnknownHostException {
    check(network, other, prefix);
  }

  @Property
  void an_ipv6_network_has_whoever_shares_its_bits(
      @ForAll @Size(16) byte[] network, @ForAll @IntRange(max = 128) int prefix, @ForAll long low)
      throws UnknownHostException {
    byte[] near = network.clone(); // an address without anything in common would show little
    near[(int) Long.remainderUnsigned(low, 16)] ^= (byte) (low >>> 8);
    check(network, near, prefix);
  }

  private static void check(byte[] bits, byte[] other, int prefix) throws UnknownHostException {
    BigInteger behind = BigInteger.ONE.shiftLeft(8 * bits.length - prefix).subtract(BigInteger.ONE);
    BigInteger first = new BigInteger(1, bits).andNot(behind);
    Network network = new Network(address(first, bits.length), prefix);
    assertThat(network.contains(InetAddress.getByAddress(other)))
        .isEqualTo(new BigInteger(1, other).andNot(behind).equals(first));
    assertThat(network.contains(InetAddress.getByAddress(bits))).isTrue();
    assertThat(network.contains(address(first.or(behind), bits.length))).isTrue();
  }

  private static InetAddress address(BigInteger bits, int length) throws UnknownHostException {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[length - 1 - i] = bits.shiftRight(8 * i).byteValue();
    }
    return InetAddress.getByAddress(bytes);
  }
}
