package io.jvs.proxyprotocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.model.SocketAddresses;
import io.jvs.proxyprotocol.Reading.Complete;
import io.jvs.proxyprotocol.Reading.Incomplete;
import io.jvs.proxyprotocol.Reading.Malformed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeaderReaderTest {
  private static final int MOST = 4096;
  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

  private static Reading text(String header) {
    return HeaderReader.read(ByteBuffer.wrap(header.getBytes(StandardCharsets.ISO_8859_1)), MOST);
  }

  private static Reading hex(String rest) {
    return HeaderReader.read(
        ByteBuffer.wrap(HexFormat.of().parseHex(SIGNATURE + rest.replace(" ", ""))), MOST);
  }

  private static Endpoints tcp(String source, String destination) {
    return new Endpoints.Inet(
        false, SocketAddresses.parse(source), SocketAddresses.parse(destination));
  }

  @Test
  void version_1_names_both_ends() {
    assertThat(text("PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\nGET /"))
        .isEqualTo(
            new Complete(new Header(tcp("192.0.2.7:4711", "198.51.100.1:443"), List.of()), 44));
    assertThat(text("PROXY TCP6 2001:db8::7 ::1 0 65535\r\n"))
        .isEqualTo(new Complete(new Header(tcp("[2001:db8::7]:0", "[::1]:65535"), List.of()), 36));
    assertThat(text("PROXY UNKNOWN\r\n"))
        .isEqualTo(new Complete(new Header(Endpoints.Unknown.INSTANCE, List.of()), 15));
    assertThat(text("PROXY UNKNOWN ffff::1 anything at all\r\n")).isInstanceOf(Complete.class);
  }

  @Test
  void an_ipv4_address_in_the_clothes_of_ipv6_stays_one() {
    for (String header :
        List.of(
            "PROXY TCP6 ::ffff:192.0.2.7 ::1 1 2\r\n", "PROXY TCP6 ::ffff:c000:207 ::1 1 2\r\n")) {
      assertThat(text(header))
          .isInstanceOfSatisfying(
              Complete.class,
              complete ->
                  assertThat(((Endpoints.Inet) complete.header().endpoints()).isIpv6()).isTrue());
    }
  }

  @Test
  void version_1_ends_with_cr_and_lf_within_107_bytes() {
    assertThat(text("PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r")).isEqualTo(Incomplete.INSTANCE);
    assertThat(text("PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\n")).isInstanceOf(Malformed.class);
    assertThat(text("PROXY TCP4 192.0.2.7\r198.51.100.1 4711 443\r\n"))
        .isInstanceOf(Malformed.class);
    String longest = "PROXY UNKNOWN " + "x".repeat(107 - 16) + "\r\n";
    assertThat(longest).hasSize(107);
    assertThat(text(longest)).isInstanceOf(Complete.class);
    assertThat(text("PROXY UNKNOWN " + "x".repeat(92) + "\r\n"))
        .isEqualTo(
            new Malformed(
                "PROXY header 'PROXY UNKNOWN xx…' (expected: CR and LF within 107 bytes)"));
  }

  @Test
  void version_1_is_read_to_the_letter() {
    for (String wrong :
        List.of(
            "PROXY TCP4 192.0.2.7 198.51.100.1 4711\r\n",
            "PROXY TCP4 192.0.2.7 198.51.100.1 4711 443 \r\n",
            "PROXY TCP4  192.0.2.7 198.51.100.1 4711 443\r\n",
            "PROXY TCP4 192.0.2.07 198.51.100.1 4711 443\r\n",
            "PROXY TCP4 192.0.2 198.51.100.1 4711 443\r\n",
            "PROXY TCP4 192.0.2.7 198.51.100.1 04711 443\r\n",
            "PROXY TCP4 192.0.2.7 198.51.100.1 65536 443\r\n",
            "PROXY TCP4 192.0.2.7 198.51.100.1 -1 443\r\n",
            "PROXY TCP4 localhost 198.51.100.1 1 443\r\n",
            "PROXY TCP4 ::1 ::1 1 443\r\n",
            "PROXY TCP6 192.0.2.7 198.51.100.1 4711 443\r\n",
            "PROXY TCP6 fe80::1%lo fe80::2 1 443\r\n",
            "PROXY TCP6 1::2::3 ::1 1 443\r\n",
            "PROXY TCP6 .::1 ::1 1 443\r\n",
            "PROXY TCP6 [::1] ::1 1 443\r\n",
            "PROXY UDP4 192.0.2.7 198.51.100.1 4711 443\r\n",
            "PROXY tcp4 192.0.2.7 198.51.100.1 4711 443\r\n",
            "PROXY UNKNOWNS\r\n",
            "PROXY \r\n")) {
      assertThat(text(wrong)).as(wrong).isInstanceOf(Malformed.class);
    }
  }

  @Test
  void what_is_no_header_is_told_by_its_first_byte() {
    assertThat(text("G")).isEqualTo(new Malformed("begins with 'G' instead of a PROXY header"));
    assertThat(text("PROXZ")).isInstanceOf(Malformed.class);
    assertThat(text("\r\n\r\n\0\r\nQUIX")).isInstanceOf(Malformed.class);
    assertThat(text("\u001b[2J'\\and much more than anybody wants to read"))
        .isEqualTo(
            new Malformed("begins with '\\x1b[2J\\x27\\x5cand much m…' instead of a PROXY header"));
    assertThat(text("")).isEqualTo(Incomplete.INSTANCE);
  }

  @Test
  void version_2_names_both_ends_and_more() {
    assertThat(hex("21 11 0018 c0000207 c6336401 1267 01bb 04 0001 00 02 0002 6162 e0 0000"))
        .isEqualTo(
            new Complete(
                new Header(
                    tcp("192.0.2.7:4711", "198.51.100.1:443"),
                    List.of(Tlv.of(Tlv.AUTHORITY, "ab"), Tlv.of(0xE0, ""))),
                40));
    assertThat(
            hex(
                "21 21 0024 20010db8000000000000000000000007 00000000000000000000000000000001"
                    + "0000 ffff"))
        .isEqualTo(new Complete(new Header(tcp("[2001:db8::7]:0", "[::1]:65535"), List.of()), 52));
    String name = "2f61" + "00".repeat(106);
    assertThat(hex("21 31 00d8" + name + name))
        .isEqualTo(new Complete(new Header(new Endpoints.Unix(false, "/a", "/a"), List.of()), 232));
    assertThat(hex("21 12 000c 01020304 01020304 0001 0002"))
        .isEqualTo(
            new Complete(
                new Header(
                    new Endpoints.Inet(
                        true,
                        SocketAddresses.parse("1.2.3.4:1"),
                        SocketAddresses.parse("1.2.3.4:2")),
                    List.of()),
                28));
    assertThat(hex("21 00 0000"))
        .isEqualTo(new Complete(new Header(Endpoints.Unknown.INSTANCE, List.of()), 16));
  }

  @Test
  void of_a_sender_itself_nothing_counts_but_the_length() {
    assertThat(hex("20 11 0003 ffffff 47455420")).isEqualTo(new Complete(Header.LOCAL, 19));
    assertThat(hex("20 00 0000")).isEqualTo(new Complete(Header.LOCAL, 16));
  }

  @Test
  void version_2_is_read_to_the_bit() {
    for (String wrong :
        List.of(
            "11", // version
            "22", // command
            "21 41", // family
            "21 13", // transport
            "21 11 0004 c0000207", // no room for addresses
            "21 00 0001 05", // no room for a TLV
            "21 00 0004 05 0002 61", // nor for its value
            "21 00 0084 05 0081" + "61".repeat(129), // a long id
            "21 00 0007 03 0004 00000000", // checksum
            "21 00 0006 03 0003 000000",
            "21 00 ffff")) { // longer than accepted
      assertThat(hex(wrong)).as(wrong).isInstanceOf(Malformed.class);
    }
    assertThat(hex("21 11 0018")).isEqualTo(Incomplete.INSTANCE);
  }

  @Test
  void a_checksum_is_checked() {
    ByteBuffer good =
        HeaderWriter.version2(
            new Header(
                tcp("192.0.2.7:4711", "198.51.100.1:443"), List.of(Tlv.of(Tlv.UNIQUE_ID, "17"))),
            true);
    assertThat(HeaderReader.read(good, MOST)).isInstanceOf(Complete.class);
    for (int i = 16; i < good.limit(); i++) {
      byte[] bad = new byte[good.limit()];
      good.get(0, bad);
      bad[i] ^= 1;
      Reading reading = HeaderReader.read(ByteBuffer.wrap(bad), MOST);
      if (i != good.limit() - 7) { // the type, without which it is no checksum
        assertThat(reading).as("byte " + i).isInstanceOf(Malformed.class);
      }
    }
  }
}
