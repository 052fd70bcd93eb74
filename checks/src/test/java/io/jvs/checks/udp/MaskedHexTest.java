package io.jvs.checks.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MaskedHexTest {
  @Test
  void x_stands_for_any_digit() {
    MaskedHex hex = new MaskedHex("8x XF:00");
    assertThat(hex.length()).isEqualTo(3);
    assertThat(hex.isExact()).isFalse();
    assertThat(hex.difference(bytes("801f00"))).isEqualTo(-1);
    assertThat(hex.difference(bytes("8fff00aabb"))).as("more may follow").isEqualTo(-1);
    assertThat(hex.difference(bytes("701f00"))).isEqualTo(0);
    assertThat(hex.difference(bytes("801e00"))).isEqualTo(1);
    assertThat(hex.difference(bytes("80ff"))).as("too short").isEqualTo(2);
  }

  @Test
  void every_pattern_made_from_bytes_fits_them() {
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(20)];
      random.nextBytes(bytes);
      StringBuilder digits = new StringBuilder(HexFormat.of().formatHex(bytes));
      int masked = random.nextInt(digits.length());
      digits.setCharAt(masked, 'x');
      MaskedHex hex = new MaskedHex(digits.toString());
      assertThat(hex.difference(bytes)).isEqualTo(-1);
      int at = random.nextInt(bytes.length);
      bytes[at] ^= (byte) 0xff; // both digits differ, and at most one is masked
      assertThat(hex.difference(bytes)).isEqualTo(at);
    }
  }

  @Test
  void what_is_no_hex_is_refused() {
    assertThatThrownBy(() -> new MaskedHex("abc"))
        .hasMessage("hex 'abc' (expected: pairs of the digits 0 to f, X for any digit)");
    assertThatThrownBy(() -> new MaskedHex("0g")).hasMessageStartingWith("hex '0g' (expected: ");
    assertThatThrownBy(() -> new MaskedHex("00".repeat(65_508)))
        .hasMessage("hex of 65508 bytes (expected: at most 65507)");
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
