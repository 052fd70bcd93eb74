package io.jvs.checks.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.checks.CheckTable;
import io.jvs.health.CheckResult;
import io.jvs.health.CheckRunner;
import io.jvs.model.CheckDeclaration;
import io.jvs.model.CheckTarget;
import io.jvs.model.CheckTiming;
import io.jvs.model.RealServer;
import io.jvs.model.SocketAddresses;
import io.jvs.model.VirtualService;
import io.jvs.testkit.FreeAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class UdpCheckTest {
  private static final CheckTable TABLE = new CheckTable();
  private static final InetAddress LOOPBACK = SocketAddresses.parseIp("127.0.0.1");

  @AfterAll
  static void print() {
    TABLE.close();
  }

  @Test
  void a_reply_like_the_pattern_passes_on_both_families() throws Exception {
    for (String ip : List.of("127.0.0.1", "::1")) {
      try (DatagramServer echo = new DatagramServer(ip, bytes -> bytes)) {
        assertThat(
                TABLE.run(UdpCheck.send("c0ffee").expecting("CXFF"), "echo " + ip, echo.address()))
            .isEqualTo(CheckResult.passed("a reply of 3 bytes"));
      }
    }
  }

  @Test
  void from_an_address_of_ones_own() throws Exception {
    try (DatagramServer echo = new DatagramServer("127.0.0.1", bytes -> bytes)) {
      CheckTarget target = new CheckTarget(null, 0, SocketAddresses.parseIp("127.0.0.9"));
      UdpCheck check = UdpCheck.send("00").expecting("00");
      assertThat(
              TABLE.run(check, "own address", echo.address(), target, CheckTable.PATIENCE).passed())
          .isTrue();
    }
  }

  @Test
  void nobody_there_is_told_whether_or_not_a_reply_is_required() throws Exception {
    InetSocketAddress nobody = FreeAddresses.udp(LOOPBACK);
    assertThat(TABLE.run(UdpCheck.send("00"), "nobody", nobody))
        .isEqualTo(CheckResult.failed("port unreachable"));
    assertThat(TABLE.run(UdpCheck.send("00").expecting("00"), "nobody", nobody))
        .isEqualTo(CheckResult.failed("port unreachable"));
  }

  @Test
  void silence_passes_unless_a_reply_is_required() throws Exception {
    try (DatagramServer silent = new DatagramServer("127.0.0.1", bytes -> null)) {
      assertThat(TABLE.run(UdpCheck.send(""), "silent", silent.address(), CheckTable.SHORT))
          .isEqualTo(CheckResult.passed("nothing speaks against it"));
      assertThat(
              TABLE.run(
                  UdpCheck.send("00").expecting(""), "silent", silent.address(), CheckTable.SHORT))
          .isEqualTo(CheckResult.failed("timed out after 300ms waiting for a reply"));
    }
  }

  @Test
  void another_reply_is_told() throws Exception {
    try (DatagramServer server =
        new DatagramServer("127.0.0.1", bytes -> new byte[] {1, 2, 3, 4})) {
      UdpCheck check = UdpCheck.send("00");
      assertThat(TABLE.run(check.expecting("0X07"), "another reply", server.address()))
          .isEqualTo(
              CheckResult.failed(
                  "expected a reply like 0X07, got 01020304, which differs at byte 1"));
      assertThat(TABLE.run(check.expecting("01020304XX"), "short reply", server.address()))
          .isEqualTo(
              CheckResult.failed(
                  "expected a reply like 01020304XX, got 01020304, which ends at byte 4"));
      assertThat(
              TABLE.run(
                  new UdpCheck(check.payload(), true, null, 5, 255),
                  "short reply",
                  server.address()))
          .isEqualTo(CheckResult.failed("a reply of 4 bytes (expected: 5 to 255)"));
      assertThat(
              TABLE.run(
                  new UdpCheck(check.payload(), true, null, 0, 3), "long reply", server.address()))
          .isEqualTo(CheckResult.failed("a reply of more than 3 bytes (expected: 0 to 3)"));
    }
  }

  @Test
  void garbage_and_empty_replies_are_told() throws Exception {
    Random random = new Random(1);
    byte[] garbage = new byte[100];
    random.nextBytes(garbage);
    garbage[0] = 0;
    try (DatagramServer server = new DatagramServer("127.0.0.1", bytes -> garbage)) {
      assertThat(
              TABLE.run(UdpCheck.send("00").expecting("FF"), "garbage", server.address()).detail())
          .isEqualTo(
              "expected a reply like FF, got "
                  + HexFormat.of().withUpperCase().formatHex(garbage, 0, 20)
                  + "…, which differs at byte 0");
    }
    try (DatagramServer server = new DatagramServer("127.0.0.1", bytes -> new byte[0])) {
      assertThat(TABLE.run(UdpCheck.send("00").expecting("FF"), "empty reply", server.address()))
          .isEqualTo(
              CheckResult.failed(
                  "expected a reply like FF, got an empty datagram, which ends at byte 0"));
      assertThat(TABLE.run(UdpCheck.send("00").expecting(""), "empty reply", server.address()))
          .isEqualTo(CheckResult.passed("a reply of 0 bytes"));
    }
  }

  @Test
  void a_thousand_tries_at_once_need_one_thread() throws Exception {
    CheckTiming timing =
        CheckTiming.DEFAULT.every(Duration.ofMinutes(1)).timeout(Duration.ofSeconds(30));
    try (DatagramServer silent = new DatagramServer("127.0.0.1", bytes -> null);
        CheckRunner runner = new CheckRunner()) {
      List<CompletableFuture<CheckResult>> tries = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        tries.add(
            runner.run(
                VirtualService.inProcess("dns").build(),
                RealServer.of(silent.address()),
                new CheckDeclaration(UdpCheck.send("00"), CheckTarget.SERVER, timing)));
      }
      assertThat(
              Thread.getAllStackTraces().keySet().stream()
                  .filter(thread -> thread.getName().equals("jvs-health-udp")))
          .hasSize(1);
      for (CompletableFuture<CheckResult> each : tries) {
        assertThat(each.get(60, TimeUnit.SECONDS).passed()).isTrue();
      }
    }
  }

  @Test
  void wrong_settings_are_refused() {
    MaskedHex none = new MaskedHex("");
    assertThatThrownBy(() -> UdpCheck.send("0X"))
        .hasMessage("udp payload 0X with X (expected: digits; X is for replies only)");
    assertThatThrownBy(() -> new UdpCheck(none, false, none, 0, 255))
        .hasMessageContaining("that is not required");
    assertThatThrownBy(() -> new UdpCheck(none, true, none, 5, 4))
        .hasMessage("udp minimum reply length 5 (expected: 0 to the maximum, 4)");
    assertThatThrownBy(() -> new UdpCheck(none, true, none, 0, 70_000))
        .hasMessage("udp maximum reply length 70000 (expected: at most 65507)");
    assertThatThrownBy(() -> new UdpCheck(none, true, new MaskedHex("0000"), 0, 1))
        .hasMessage("udp reply pattern of 2 bytes (expected: at most the maximum reply length, 1)");
  }
}
