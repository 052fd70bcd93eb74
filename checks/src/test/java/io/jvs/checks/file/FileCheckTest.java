package io.jvs.checks.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.checks.CheckTable;
import io.jvs.checks.file.FileCheck.Meaning;
import io.jvs.health.CheckResult;
import io.jvs.model.SocketAddresses;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCheckTest {
  private static final CheckTable TABLE = new CheckTable();

  private static final InetSocketAddress SERVER = SocketAddresses.parse("127.0.0.1:80");

  private final Path file;

  FileCheckTest(@TempDir Path directory) {
    file = directory.resolve("state");
  }

  @AfterAll
  static void print() {
    TABLE.close();
  }

  private CheckResult holding(String text, FileCheck check) throws Exception {
    Files.writeString(file, text);
    return TABLE.run(
        check, text.isBlank() ? "empty" : "holds " + text.length() + " characters", SERVER);
  }

  @Test
  void zero_is_up_and_it_is_read_each_time() throws Exception {
    FileCheck check = FileCheck.status(file);
    assertThat(holding("0\n", check)).isEqualTo(CheckResult.passed(file + " holds 0"));
    assertThat(holding("3\n", check))
        .isEqualTo(CheckResult.failed(file + " holds 3 (expected: 0, which is up)"));
    assertThat(holding(" -0", check).passed()).isTrue();
  }

  @Test
  void the_value_is_the_weight() throws Exception {
    FileCheck check = FileCheck.weight(file);
    assertThat(holding("70", check))
        .isEqualTo(CheckResult.passed(file + " holds 70").withWeight(70));
    assertThat(holding("-1", check))
        .isEqualTo(CheckResult.failed(file + " holds -1 (expected: a weight, 0 to 65535)"));
    assertThat(holding("65536", check).passed()).isFalse();
  }

  @Test
  void the_value_changes_the_weight_within_its_bounds() throws Exception {
    FileCheck more = new FileCheck(file, Meaning.CHANGE, 10);
    assertThat(holding("2", more).weight()).isEqualTo(21); // the server has 1
    assertThat(holding("-2", more).weight()).isZero();
    assertThat(holding("2147483647", more).weight()).isEqualTo(65_535);
    assertThat(holding("-4", new FileCheck(file, Meaning.CHANGE, -3)).weight()).isEqualTo(13);
  }

  @Test
  void what_is_no_number_is_told() throws Exception {
    FileCheck check = FileCheck.status(file);
    assertThat(holding("up\n", check))
        .isEqualTo(CheckResult.failed(file + " holds 'up' (expected: a whole number)"));
    assertThat(holding("", check))
        .isEqualTo(CheckResult.failed(file + " holds '' (expected: a whole number)"));
    assertThat(holding("1".repeat(1000), check).passed()).isFalse();
  }

  @Test
  void a_missing_file_and_a_directory_are_told() throws Exception {
    assertThat(TABLE.run(FileCheck.status(file), "missing", SERVER))
        .isEqualTo(CheckResult.failed(file + " does not exist"));
    Path directory = file.getParent();
    if (directory == null) {
      throw new AssertionError("a file in a temporary directory");
    }
    assertThat(TABLE.run(FileCheck.status(directory), "directory", SERVER))
        .isEqualTo(CheckResult.failed(directory + " is not a regular file"));
  }

  @Test
  void on_and_off_are_always_so() throws Exception {
    assertThat(TABLE.run(new FixedCheck(true), "anything", SERVER))
        .isEqualTo(CheckResult.passed("always on"));
    assertThat(TABLE.run(new FixedCheck(false), "anything", SERVER))
        .isEqualTo(CheckResult.failed("always off"));
  }

  @Test
  void wrong_factors_are_refused() {
    assertThatThrownBy(() -> new FileCheck(file, Meaning.CHANGE, 0))
        .hasMessage("file check factor 0 (expected: -65535 to 65535, not 0)");
    assertThatThrownBy(() -> new FileCheck(file, Meaning.STATUS, 2))
        .hasMessage("file check factor 2 (expected: 1, as the number is no change of weight)");
  }
}
