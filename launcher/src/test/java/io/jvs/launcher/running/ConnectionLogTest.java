package io.jvs.launcher.running;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jvs.balancing.Fault;
import io.jvs.launcher.configuration.ConnectionLogSettings;
import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import io.jvs.transport.ClosedConnection;
import io.jvs.transport.ClosedConnection.Ending;
import io.jvs.transport.ClosedConnection.FailedAttempt;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ConnectionLogTest {
  private final Path file;
  private final ConnectionLog log = new ConnectionLog();

  ConnectionLogTest(@TempDir Path directory) {
    file = directory.resolve("connections.log");
  }

  private static ClosedConnection ended(long id, @Nullable Fault fault) {
    return new ClosedConnection(
        Instant.parse("2026-01-01T10:00:00.123456Z"),
        id,
        "web \"1\"",
        Protocol.TCP,
        new InetSocketAddress("2001:db8::9", 51_234),
        new InetSocketAddress("192.0.2.10", 80),
        RealServer.of("10.0.0.1:8081"),
        2,
        fault == null
            ? List.of()
            : List.of(
                new FailedAttempt(RealServer.of("10.0.0.2:8081"), fault, "connection refused")),
        Ending.CLOSED,
        null,
        null,
        Duration.ZERO,
        Duration.ofNanos(312_499),
        null,
        Duration.ofMillis(12_034),
        123,
        456_789_012_345L);
  }

  private void use(ConnectionLogSettings settings) throws IOException {
    log.use(settings, ConnectionLog.open(settings));
  }

  private ConnectionLogSettings all() {
    return new ConnectionLogSettings(file, 1, true, 1_000_000);
  }

  /** As an event loop does it; whether it was wanted. */
  private boolean tell(ClosedConnection connection) {
    boolean wanted = log.wants(connection.id(), connection.failed());
    if (wanted) {
      log.ended(connection);
    }
    return wanted;
  }

  private static void await(String what, BooleanSupplier so) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!so.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).as(what).isNegative();
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** The first lines that may be written come when the thread runs. */
  private void awaitReady() {
    await("the log takes lines", () -> tell(ended(-1, null)));
  }

  private List<JsonNode> lines(Path from) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(from)) {
      lines.add(new ObjectMapper().readTree(line));
    }
    return lines;
  }

  @Test
  void a_line_is_one_json_object_with_fields_in_a_fixed_order() {
    assertThat(ConnectionLine.of(ended(255, Fault.REFUSED)))
        .isEqualTo(
            "{\"time\":\"2026-01-01T10:00:00.123Z\",\"id\":\"00000000000000ff\","
                + "\"service\":\"web \\\"1\\\"\",\"protocol\":\"tcp\",\"client\":\"[2001:db8::9]:51234\","
                + "\"virtualAddress\":\"192.0.2.10:80\",\"server\":\"10.0.0.1:8081\","
                + "\"ending\":\"closed\",\"attempts\":2,\"failures\":[{\"server\":"
                + "\"10.0.0.2:8081\",\"fault\":\"refused\",\"reason\":\"connection refused\"}],"
                + "\"waitMs\":0.000,\"connectMs\":0.312,\"firstByteMs\":null,"
                + "\"totalMs\":12034.000,\"bytesIn\":123,\"bytesOut\":456789012345}");
  }

  @Test
  void all_that_were_told_are_in_the_file_when_it_is_closed() throws Exception {
    use(all());
    awaitReady();
    int told = 0;
    for (int id = 0; id < 5000; id++) {
      told += tell(ended(id, null)) ? 1 : 0;
    }
    log.close();
    assertThat(told).isEqualTo(5000);
    assertThat(lines(file)).hasSize(5001);
    assertThat(log.written()).isEqualTo(5001);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .startsWith("rw-")
        .endsWith("---");
  }

  @Test
  void a_sample_is_the_same_every_time_and_about_as_large_as_asked() {
    int sampled = 0;
    for (long id = 1_000_000; id < 1_100_000; id++) {
      boolean chosen = ConnectionLog.isSampled(id, 0.01);
      assertThat(ConnectionLog.isSampled(id, 0.01)).isEqualTo(chosen);
      assertThat(ConnectionLog.isSampled(id, 1)).isTrue();
      if (chosen) {
        assertThat(ConnectionLog.isSampled(id, 0.02)).as("a larger one has it too").isTrue();
        sampled++;
      }
    }
    // 1000 expected, deviation sqrt(1000 * 0.99) = 31: six of these either way.
    assertThat(sampled).isBetween(811, 1189);
  }

  @Test
  void failures_are_logged_whatever_the_sample_if_that_is_asked_for() throws Exception {
    use(new ConnectionLogSettings(file, 1e-9, true, 1_000_000));
    await("failures are wanted", () -> log.wants(1, true));
    assertThat(log.wants(1, false)).isFalse();
    use(new ConnectionLogSettings(file, 1e-9, false, 1_000_000));
    assertThat(log.wants(1, true)).isFalse();
    log.close();
  }

  @Test
  void beyond_the_rate_lines_are_left_out_counted_and_told() throws Exception {
    use(new ConnectionLogSettings(file, 1, true, 50));
    awaitReady();
    int wanted = 0;
    for (int id = 0; id < 10_000; id++) {
      wanted += tell(ended(id, null)) ? 1 : 0;
    }
    assertThat(wanted).isLessThan(2000);
    long left = 10_000L - wanted;
    assertThat(log.beyondRate()).isGreaterThanOrEqualTo(left);
    await("told", () -> dropped() == log.beyondRate());
    log.close();
  }

  private long dropped() {
    try {
      return lines(file).stream().mapToLong(line -> line.path("dropped").asLong()).sum();
    } catch (IOException e) {
      return -1; // not there yet, or a line is half written
    }
  }

  @Test
  void nothing_is_wanted_before_it_is_turned_on_and_after_it_is_turned_off() throws Exception {
    assertThat(log.wants(1, true)).isFalse();
    use(all());
    awaitReady();
    log.use(null, null);
    assertThat(log.wants(1, true)).isFalse();
    await("what was told before is written", () -> log.written() == 1);
    use(all());
    awaitReady();
    log.close();
    assertThat(lines(file)).hasSize(2);
  }

  @Test
  void after_the_file_was_moved_away_reopening_makes_a_new_one_and_loses_nothing()
      throws Exception {
    use(all());
    awaitReady();
    Path moved = Files.move(file, file.resolveSibling("connections.log.1"));
    for (int id = 0; id < 100; id++) {
      assertThat(tell(ended(id, null))).isTrue();
    }
    log.reopen();
    for (int id = 100; id < 200; id++) {
      assertThat(tell(ended(id, null))).isTrue();
    }
    log.close();
    assertThat(file).exists();
    assertThat(lines(moved).size() + lines(file).size()).isEqualTo(201);
    assertThat(lines(file).size()).isGreaterThanOrEqualTo(100);
  }

  @Test
  void a_file_that_cannot_be_written_is_told_with_its_name() {
    Path nowhere = file.resolveSibling("missing").resolve("connections.log");
    assertThatThrownBy(() -> use(new ConnectionLogSettings(nowhere, 1, true, 10)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("transport.connectionLog.file: cannot be written: ")
        .hasMessageContaining(nowhere.toString());
    assertThat(log.wants(1, true)).isFalse();
  }

  @Test
  void a_full_disk_costs_lines_and_nothing_else() throws Exception {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.isWritable(full), "there is no device here that is always full");
    use(new ConnectionLogSettings(full, 1, true, 1_000_000));
    awaitReady();
    await("counted", () -> log.notWritten() == 1);
    use(all());
    assertThat(tell(ended(1, null))).isTrue();
    log.close();
    assertThat(lines(file)).isNotEmpty();
  }
}
