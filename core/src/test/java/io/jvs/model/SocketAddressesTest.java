package io.jvs.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SocketAddressesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "192.0.2.1:80",
        "[2001:db8::1]:443",
        "[::]:0",
        "[::1]:65535",
        "db.example:5432",
        "localhost:1",
        "a-b_1.example:1"
      })
  void what_is_read_is_written_the_same(String text) {
    assertThat(SocketAddresses.format(SocketAddresses.parse(text))).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:0db8:0:0:0:0:0:0, 2001:db8::",
    "0:0:0:0:0:0:0:0, ::",
    "1:0:2:3:4:5:6:7, 1:0:2:3:4:5:6:7",
    "0:0:1:0:0:0:0:1, 0:0:1::1",
    "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::"
  })
  void an_ipv6_address_is_shortened_as_rfc_5952_says(String full, String compressed) {
    assertThat(SocketAddresses.format(SocketAddresses.parseIp(full))).isEqualTo(compressed);
  }

  @Test
  void a_host_name_is_not_looked_up() {
    assertThat(SocketAddresses.parse("no.such.host.invalid:80").isUnresolved()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.0.0.1 | address '10.0.0.1' (expected: HOST:PORT, with an IPv6 address in brackets",
        "::1:80 | address '::1:80' (expected: HOST:PORT, with an IPv6 address in brackets",
        "10.0.0.1:65536 | address '10.0.0.1:65536': port '65536' (expected: 0 to 65535)",
        "10.0.0.1:-1 | address '10.0.0.1:-1': port '-1' (expected: 0 to 65535)",
        "10.0.0.1: | address '10.0.0.1:': port '' (expected: 0 to 65535)",
        "10.0.0.256:80 | '10.0.0.256' is neither an IP address nor a host name",
        "10.0.1:80 | '10.0.1' is neither an IP address nor a host name",
        "[10.0.0.1]:80x | port '80x' (expected: 0 to 65535)",
        "[zz::1]:80 | IP address 'zz::1'",
        "a b:80 | 'a b' is neither an IP address nor a host name",
        ":80 | '' is neither an IP address nor a host name"
      })
  void anything_else_is_refused_with_what_was_expected(String text, String message) {
    assertThatThrownBy(() -> SocketAddresses.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Property
  void every_ipv6_address_survives_writing_and_reading(
      @ForAll @Size(16) byte[] bits, @ForAll @IntRange(max = 65_535) int port) throws Exception {
    InetSocketAddress address =
        new InetSocketAddress(java.net.InetAddress.getByAddress(bits), port);
    assertThat(SocketAddresses.parse(SocketAddresses.format(address))).isEqualTo(address);
  }
}
