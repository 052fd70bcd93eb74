package io.jvs.checks.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.checks.CheckTable;
import io.jvs.checks.LyingServer;
import io.jvs.checks.RealServers;
import io.jvs.checks.ServerProcess;
import io.jvs.checks.dns.DnsCheck.RecordType;
import io.jvs.checks.udp.DatagramServer;
import io.jvs.health.CheckResult;
import io.jvs.model.CheckTarget;
import io.jvs.model.SocketAddresses;
import io.jvs.testkit.FreeAddresses;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A dnsmasq of our own, and servers that lie. */
class DnsCheckTest {
  private static final CheckTable TABLE = new CheckTable();
  private static final InetSocketAddress ADDRESS = FreeAddresses.tcp();

  private static @Nullable ServerProcess dnsmasq;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    RealServers.need("dnsmasq", "dnsmasq");
    dnsmasq =
        ServerProcess.start(
                directory,
                "dnsmasq",
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--pid-file=",
                "--user=" + System.getProperty("user.name"),
                "--port=" + ADDRESS.getPort(),
                "--listen-address=127.0.0.1",
                "--bind-interfaces",
                "--no-resolv",
                "--no-hosts",
                "--local=/example/",
                "--host-record=www.example,192.0.2.1,2001:db8::1",
                "--cname=web.example,www.example",
                "--mx-host=example,mail.example,10",
                "--txt-record=example,v=spf1 -all",
                "--srv-host=_http._tcp.example,www.example,80",
                "--ptr-record=1.2.0.192.in-addr.arpa,www.example",
                "--auth-server=ns.zone.test,127.0.0.7",
                "--listen-address=127.0.0.7",
                "--auth-zone=zone.test")
            .awaitListening(ADDRESS);
  }

  @AfterAll
  static void stop() {
    TABLE.close();
    if (dnsmasq != null) {
      dnsmasq.close();
    }
  }

  private static CheckResult ask(DnsCheck check, String against) throws Exception {
    return TABLE.run(check, against, ADDRESS);
  }

  @ParameterizedTest
  @CsvSource({
    "A, www.example, 192.0.2.1",
    "AAAA, www.example, 2001:db8:0:0:0:0:0:1",
    "CNAME, web.example, www.example.",
    "MX, example, 10 mail.example.",
    "TXT, example, '\"v=spf1 -all\"'",
    "SRV, _http._tcp.example, 0 0 80 www.example.",
    "PTR, 1.2.0.192.in-addr.arpa, www.example."
  })
  void dnsmasq_answers_over_udp_and_tcp(RecordType type, String name, String record)
      throws Exception {
    CheckResult passed = CheckResult.passed(type + " " + name + " is " + record);
    DnsCheck check = DnsCheck.of(type, name).expecting(ExpectedRecord.exactly(record));
    assertThat(ask(check, "dnsmasq")).isEqualTo(passed);
    assertThat(ask(check.overTcp(), "dnsmasq")).isEqualTo(passed);
  }

  @Test
  void zones_that_it_is_the_authority_for() throws Exception {
    InetSocketAddress authority =
        new InetSocketAddress(SocketAddresses.parseIp("127.0.0.7"), ADDRESS.getPort());
    for (RecordType type : new RecordType[] {RecordType.SOA, RecordType.NS}) {
      CheckResult result = TABLE.run(DnsCheck.of(type, "zone.test"), "dnsmasq", authority);
      assertThat(result.passed()).as(result.detail()).isTrue();
      assertThat(result.detail()).startsWith(type + " zone.test is ns.zone.test.");
    }
  }

  @Test
  void answers_may_be_written_in_other_forms_or_as_a_regex() throws Exception {
    DnsCheck v6 = DnsCheck.of(RecordType.AAAA, "WWW.example.");
    assertThat(ask(v6.expecting(ExpectedRecord.exactly("2001:DB8::1")), "dnsmasq").passed())
        .isTrue();
    DnsCheck mx = DnsCheck.of(RecordType.MX, "example");
    assertThat(ask(mx.expecting(ExpectedRecord.exactly("10 MAIL.example")), "dnsmasq").passed())
        .isTrue();
    assertThat(ask(mx.expecting(ExpectedRecord.like("^\\d+ mail\\.")), "dnsmasq").passed())
        .isTrue();
  }

  @Test
  void another_answer_is_told() throws Exception {
    assertThat(
            ask(
                DnsCheck.of(RecordType.A, "www.example")
                    .expecting(ExpectedRecord.exactly("192.0.2.2")),
                "dnsmasq, other answer"))
        .isEqualTo(CheckResult.failed("A www.example is 192.0.2.1 (expected: 192.0.2.2)"));
    assertThat(
            ask(
                    DnsCheck.of(RecordType.MX, "example").expecting(ExpectedRecord.like("^20 ")),
                    "dnsmasq, other answer")
                .detail())
        .isEqualTo("MX example is 10 mail.example. (expected: like ^20 )");
  }

  @Test
  void a_regex_that_never_ends_is_stopped() throws Exception {
    String backtracking = "(\\w+\\w+)+\\1#";
    try (DatagramServer server =
        new DatagramServer("127.0.0.1", bytes -> text(bytes, "a".repeat(60)))) {
      assertThat(
              TABLE
                  .run(
                      DnsCheck.of(RecordType.TXT, "x").expecting(ExpectedRecord.like(backtracking)),
                      "sixty letters",
                      server.address())
                  .detail())
          .startsWith("the regex '(?i)" + backtracking + "' takes too long on ");
    }
  }

  /** The question, and one TXT record whose name is that of the question (RFC 1035 section 4). */
  private static byte[] text(byte[] question, String text) {
    int end = 12;
    while (question[end] != 0) {
      end += question[end] + 1;
    }
    end += 5;
    ByteBuffer out = ByteBuffer.allocate(end + 12 + 1 + text.length());
    out.put(answer(question, 0), 0, end);
    out.putShort((short) 0xC00C).putShort((short) 16).putShort((short) 1).putInt(60);
    out.putShort((short) (text.length() + 1)).put((byte) text.length());
    out.put(text.getBytes(StandardCharsets.US_ASCII));
    return out.putShort(6, (short) 1).putShort(10, (short) 0).array(); // one answer, nothing else
  }

  @Test
  void names_without_an_answer_are_told() throws Exception {
    assertThat(ask(DnsCheck.of(RecordType.A, "none.example"), "dnsmasq, no such name"))
        .isEqualTo(CheckResult.failed("NXDOMAIN for A none.example (expected: an answer)"));
    assertThat(ask(DnsCheck.of(RecordType.TXT, "www.example"), "dnsmasq, no such record"))
        .isEqualTo(CheckResult.failed("an answer without TXT records for www.example"));
    assertThat(ask(DnsCheck.ROOT, "dnsmasq that knows no root"))
        .isEqualTo(CheckResult.failed("REFUSED for SOA . (expected: an answer)"));
  }

  @Test
  void from_an_address_of_ones_own() throws Exception {
    CheckTarget target = new CheckTarget(null, 0, SocketAddresses.parseIp("127.0.0.9"));
    DnsCheck check = DnsCheck.of(RecordType.A, "www.example");
    for (DnsCheck each : new DnsCheck[] {check, check.overTcp()}) {
      assertThat(
              TABLE
                  .run(each, "dnsmasq, own address", ADDRESS, target, CheckTable.PATIENCE)
                  .detail())
          .isEqualTo("A www.example is 192.0.2.1");
    }
  }

  @Test
  void nobody_there_is_told() throws Exception {
    InetSocketAddress nobody = FreeAddresses.udp(SocketAddresses.parseIp("127.0.0.1"));
    assertThat(TABLE.run(DnsCheck.ROOT, "nobody", nobody))
        .isEqualTo(CheckResult.failed("port unreachable"));
    assertThat(TABLE.run(DnsCheck.ROOT.overTcp(), "nobody", nobody))
        .isEqualTo(CheckResult.failed("connection refused"));
  }

  @Test
  void failures_of_the_server_are_told() throws Exception {
    // The question comes back as an answer (RFC 1035 section 4.1.1: QR, and RCODE 2).
    try (DatagramServer broken = new DatagramServer("127.0.0.1", bytes -> answer(bytes, 2))) {
      assertThat(TABLE.run(DnsCheck.ROOT, "broken server", broken.address()))
          .isEqualTo(CheckResult.failed("SERVFAIL for SOA . (expected: an answer)"));
    }
    try (DatagramServer empty = new DatagramServer("::1", bytes -> answer(bytes, 0))) {
      assertThat(TABLE.run(DnsCheck.ROOT, "empty answer, IPv6", empty.address()))
          .isEqualTo(CheckResult.failed("an answer without SOA records for ."));
    }
  }

  private static byte[] answer(byte[] question, int code) {
    byte[] answer = question.clone();
    answer[2] |= (byte) 0x80;
    answer[3] = (byte) code;
    return answer;
  }

  @Test
  void udp_lies_are_seen_through() throws Exception {
    try (DatagramServer silent = new DatagramServer("127.0.0.1", bytes -> null)) {
      assertThat(TABLE.run(DnsCheck.ROOT, "silent", silent.address(), CheckTable.SHORT))
          .isEqualTo(CheckResult.failed("timed out after 300ms waiting for the answer to SOA ."));
    }
    byte[] garbage = new byte[200];
    new Random(1).nextBytes(garbage);
    for (int length : new int[] {0, 5, 200}) {
      try (DatagramServer liar =
          new DatagramServer("127.0.0.1", bytes -> Arrays.copyOf(garbage, length))) {
        CheckResult result =
            TABLE.run(DnsCheck.ROOT, "garbage, " + length + " bytes", liar.address());
        assertThat(result.passed()).isFalse();
        assertThat(result.detail()).startsWith("an answer that is not DNS: ");
      }
    }
    try (DatagramServer liar =
        new DatagramServer(
            "127.0.0.1",
            bytes -> {
              byte[] other = answer(bytes, 0);
              other[0] ^= 1; // the identifier of another question
              return other;
            })) {
      assertThat(
              TABLE
                  .run(DnsCheck.ROOT, "other identifier", liar.address(), CheckTable.SHORT)
                  .passed())
          .isFalse();
    }
  }

  @Test
  void tcp_lies_are_seen_through() throws Exception {
    DnsCheck check = DnsCheck.ROOT.overTcp();
    try (LyingServer server = LyingServer.start(LyingServer.hangs())) {
      assertThat(TABLE.run(check, "hangs", server.address(), CheckTable.SHORT))
          .isEqualTo(CheckResult.failed("timed out after 300ms waiting for the answer to SOA ."));
    }
    try (LyingServer server = LyingServer.start(LyingServer.closes())) {
      CheckResult result = TABLE.run(check, "closes", server.address());
      assertThat(result.passed()).isFalse();
      assertThat(result.detail()).isEqualTo("closed by the server before the answer");
    }
    try (LyingServer server = LyingServer.start(LyingServer.garbage(1))) {
      assertThat(TABLE.run(check, "garbage", server.address(), CheckTable.SHORT).passed())
          .isFalse();
    }
    try (LyingServer server = LyingServer.start(LyingServer.endless("", "\0\0"))) {
      assertThat(TABLE.run(check, "endless", server.address(), CheckTable.SHORT).passed())
          .isFalse();
    }
  }

  @Test
  void wrong_settings_are_refused() {
    assertThatThrownBy(() -> DnsCheck.of(RecordType.A, "a..b"))
        .hasMessage("dns name 'a..b' (expected: a domain name such as www.example, or .)");
    assertThatThrownBy(() -> ExpectedRecord.exactly(" "))
        .hasMessage("dns answer '' (expected: what a record must be)");
    assertThatThrownBy(() -> ExpectedRecord.like("("))
        .hasMessage("regex '(': Unclosed group near index 1");
  }
}
