package io.jvs.kernel.ipvs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The save format with tables of all kinds, and with bytes of all kinds. */
class SaveFormatPropertyTest {
  @Property(tries = 1000)
  void every_table_comes_back_as_it_was(@ForAll long seed, @ForAll boolean odd) throws Exception {
    SavedTable table = new RandomTables(seed, odd).table();
    assertThat(SaveFormat.table(SaveFormat.read(SaveFormat.write(table)))).isEqualTo(table);
  }

  @Property(tries = 500)
  void rows_that_ipvsadm_can_make_carry_no_option_of_our_own(@ForAll long seed) {
    assertThat(SaveFormat.write(new RandomTables(seed, false).table())).doesNotContain("--as-is");
  }

  /**
   * Thresholds, timeouts, daemons and order are lost, as they are by ipvsadm(8); the rest stays.
   */
  @Property(tries = 500)
  void what_ipvsadm_would_save_is_read_as_it_would_read_it(@ForAll long seed) throws Exception {
    String saved = SaveFormat.writeAsIpvsadm(new RandomTables(seed, false).table());
    SavedTable read = SaveFormat.table(SaveFormat.read(saved));
    String again = SaveFormat.writeAsIpvsadm(read);
    assertThat(again.lines()).containsExactlyInAnyOrderElementsOf(saved.lines().toList());
  }

  @Property(tries = 2000)
  void any_bytes_are_read_or_refused(@ForAll byte[] bytes) {
    readOrRefuse(new String(bytes, StandardCharsets.ISO_8859_1));
  }

  @Property(tries = 2000)
  void spoilt_files_are_read_or_refused(@ForAll long seed) {
    Random random = new Random(seed);
    StringBuilder text =
        new StringBuilder(SaveFormat.write(new RandomTables(seed, true).table()) + "-A -f 1\n");
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(3)) {
        case 0 -> text.setCharAt(at, (char) random.nextInt(256));
        case 1 -> text.deleteCharAt(at);
        default -> text.insert(at, text.substring(at, Math.min(text.length(), at + 9)));
      }
    }
    readOrRefuse(text.toString());
  }

  /** What is read must be such that it can be written and read again. */
  private static void readOrRefuse(String text) {
    try {
      SavedTable table = SaveFormat.table(SaveFormat.read(text));
      assertThat(SaveFormat.table(SaveFormat.read(SaveFormat.write(table)))).isEqualTo(table);
    } catch (SaveFormatException e) {
      assertThat(e.problems()).isNotEmpty();
    }
  }
}
