package io.jvs.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.health.CheckResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real dnsdist that takes no datagram without a PROXY header, and checks of a file. */
@Timeout(60)
class RealDnsdistChecksTest {
  private static final String QUESTION = "name: www.example.test, type: A, answer: 192.0.2.7";

  /** RFC 1035, section 4.1: for an address of the root, with the id 0x0102. */
  private static final String DATAGRAM = "payload: '0102010000010000000000000000010001'";

  private final int port = NameServer.freePort("127.0.0.1");
  private final Path directory;
  private final FileChecks checks;
  private Process dnsdist;

  RealDnsdistChecksTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.checks = new FileChecks(directory, "udp 127.0.0.1:53");
  }

  @BeforeEach
  void startDnsdist() throws Exception {
    Programs.require("dnsdist");
    Path file =
        Files.writeString(
            directory.resolve("dnsdist.conf"),
            """
            setLocal("127.0.0.1:%d")
            setProxyProtocolACL({"127.0.0.0/8"})
            addAction(AllRule(), SpoofAction("192.0.2.7"))
            """
                .formatted(port));
    dnsdist =
        Programs.start(
            directory.resolve("dnsdist.log"),
            List.of("dnsdist", "--supervised", "--disable-syslog", "-C", file.toString()));
    while (!Files.readString(directory.resolve("dnsdist.log")).contains("Listening on")) {
      assertThat(dnsdist.isAlive()).isTrue();
      LockSupport.parkNanos(20_000_000);
    }
  }

  @AfterEach
  void stop() {
    checks.close();
    if (dnsdist != null) {
      dnsdist.destroyForcibly();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"first", "every"})
  void checks_over_udp_begin_as_the_services_datagrams_do(String proxyTo) throws Exception {
    String options = "udp: { proxyTo: " + proxyTo + " }";

    for (String check :
        List.of(
            "{ check: dns, " + QUESTION + " }",
            "{ check: udp, " + DATAGRAM + ", reply: '0102' }")) {
      CheckResult result = checks.run(options, check, port);
      assertThat(result.passed()).as("%s: %s", check, result.detail()).isTrue();
    }
  }

  @Test
  void over_tcp_a_question_begins_with_a_header_if_it_is_told_to() throws Exception {
    String check = "{ check: dns, tcp: true, proxyTo: v2, " + QUESTION + " }";

    CheckResult result = checks.run("", check, port);

    assertThat(result.passed()).as(result.detail()).isTrue();
  }

  @Test
  void without_a_header_such_a_server_is_down() throws Exception {
    String options = "udp: { proxyTo: every }";
    for (String more : List.of("proxyTo: none", "port: " + port)) { // elsewhere is another program
      String check = "{ check: dns, interval: 500ms, " + more + ", " + QUESTION + " }";
      assertThat(checks.run(options, check, port).passed()).as(check).isFalse();
    }
    String tcp = "{ check: dns, interval: 500ms, tcp: true, " + QUESTION + " }";
    assertThat(checks.run(options, tcp, port).passed()).as(tcp).isFalse();
  }
}
