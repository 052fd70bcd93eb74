package io.jvs.checks.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.checks.Certificates;
import io.jvs.checks.CheckTable;
import io.jvs.checks.LyingServer;
import io.jvs.checks.tls.TlsSettings;
import io.jvs.health.CheckResult;
import io.jvs.testkit.ClosedPort;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Against servers that lie. */
class HttpLiesTest {
  private static final CheckTable TABLE = new CheckTable();
  private static final CheckTable FUZZ = new CheckTable(); // not printed
  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final Duration PAUSE = Duration.ofMillis(20);

  private static final HttpCheck GET = HttpCheck.get("/");
  private static final HttpCheck BODY = GET.expecting(HttpExpectation.DEFAULT.body("up"));
  private static final HttpCheck TLS = GET.tls(TlsSettings.DEFAULT);
  private static final HttpCheck TWO = GET.version(HttpVersion.HTTP_2);

  /** SETTINGS without any, RFC 9113 section 6.5. */
  private static final String SETTINGS = "\0\0\0\4\0\0\0\0\0";

  /** The first exchange of a JVM takes longer than those that must time out. */
  @BeforeAll
  static void warmUp() throws Exception {
    try (LyingServer server = LyingServer.start(LyingServer.closes())) {
      for (HttpCheck each : List.of(GET, TWO, TLS)) {
        FUZZ.run(each, "warm-up", server.address());
      }
    }
  }

  @AfterAll
  static void print() {
    TABLE.close();
  }

  static List<Arguments> lies() {
    return List.of(
        lie(
            GET,
            "hangs",
            LyingServer.hangs(),
            "timed out after 300ms waiting for the answer to GET /"),
        lie(
            GET,
            "closes",
            LyingServer.closes(),
            "the server closed the connection without an answer"),
        lie(GET, "garbage", LyingServer.garbage(7), "not HTTP/1.1: the server answered '"),
        lie(
            GET,
            "speaks SMTP",
            LyingServer.says("220 mail.example ESMTP\r\n"),
            "not HTTP/1.1: the server answered '220 mail.example ESMTP'"),
        lie(
            GET,
            "closes in the head",
            LyingServer.answers(OK + "Content-"),
            "the server closed the connection within the answer"),
        lie(
            BODY,
            "closes in the body",
            LyingServer.answers(OK + "Content-Length: 9\r\n\r\nup"),
            "the server closed the connection within the body"),
        lie(
            BODY,
            "closes in a chunk",
            LyingServer.answers(OK + "Transfer-Encoding: chunked\r\n\r\n5\r\nup"),
            "the server closed the connection within the body"),
        lie(
            BODY,
            "chunk without a number",
            LyingServer.answers(OK + "Transfer-Encoding: chunked\r\n\r\nzz\r\nup"),
            "broken HTTP/1.1: "),
        lie(
            GET,
            "drips the head",
            LyingServer.drips(OK.repeat(100), PAUSE),
            "timed out after 300ms waiting for the answer to GET /"),
        lie(
            BODY,
            "drips the body",
            (server, connection) -> {
              connection.getOutputStream().write((OK + "\r\n").getBytes(StandardCharsets.US_ASCII));
              LyingServer.drips("x".repeat(1000), PAUSE).tell(server, connection);
            },
            "timed out after 300ms reading the body to GET /"),
        lie(
            GET,
            "endless header",
            LyingServer.endless(OK + "X-A: ", "a"),
            "broken HTTP/1.1: HTTP header is larger than 32768 bytes."),
        lie(
            GET,
            "endless headers",
            LyingServer.endless(OK, "X-A: a\r\n"),
            "broken HTTP/1.1: HTTP header is larger than 32768 bytes."),
        lie(
            GET,
            "endless first line",
            LyingServer.endless("HTTP/1.1 200 ", "OK"),
            "broken HTTP/1.1: An HTTP line is larger than 4096 bytes."),
        lie(
            BODY,
            "endless body",
            LyingServer.endless(OK + "\r\n", "down"),
            "no match of 'up' in the body (its first 65536 bytes)"),
        lie(
            GET,
            "endless interim answers",
            LyingServer.endless("", "HTTP/1.1 100 Continue\r\n\r\n"),
            "timed out after 300ms waiting for the answer to GET /"),
        lie(
            GET.expecting(HttpExpectation.DEFAULT.body("(.*a){12}b")),
            "body that takes a regex for ever",
            LyingServer.answers(OK + "\r\n" + "a".repeat(60)),
            "timed out after 300ms matching the body against '(.*a){12}b'"),
        lie(
            GET.expecting(HttpExpectation.DEFAULT.body("(x|y)*z")),
            "body that overflows the stack of a regex",
            LyingServer.answers(OK + "\r\n" + "xy".repeat(32_000)),
            "the regular expression '(x|y)*z' is too deep for this body"),
        lie(
            GET.expecting(HttpExpectation.DEFAULT.json("/a", "1")),
            "body of 60,000 brackets",
            LyingServer.answers(OK + "\r\n" + "[".repeat(60_000)),
            "body is not JSON: '[[["),
        lie(
            TWO,
            "hangs",
            LyingServer.hangs(),
            "timed out after 300ms waiting for the answer to GET /"),
        lie(
            TWO,
            "closes",
            LyingServer.closes(),
            "the server closed the connection without an answer"),
        lie(TWO, "garbage", LyingServer.garbage(7), "not HTTP/2: the server answered '"),
        lie(
            TWO,
            "closes after SETTINGS",
            LyingServer.answers(SETTINGS),
            "the server closed the connection within the answer"),
        lie(
            TWO,
            "goes away",
            LyingServer.answers(SETTINGS + "\0\0\14\7\0\0\0\0\0\0\0\0\0\0\0\0\13calm"),
            "the server went away: ENHANCE_YOUR_CALM 'calm'"),
        lie(
            TWO,
            "resets the stream",
            LyingServer.answers(SETTINGS + "\0\0\4\3\0\0\0\0\3\0\0\0\7"),
            "the server reset the stream: REFUSED_STREAM"),
        lie(TWO, "endless pings", LyingServer.endless(SETTINGS, "\0\0\10\6\0\0\0\0\0abcdefgh"), ""),
        lie(
            TWO,
            "a frame of 16 MB",
            LyingServer.answers(SETTINGS + "\377\377\377\0\0\0\0\0\3"),
            "broken HTTP/2: "));
  }

  private static Arguments lie(HttpCheck check, String name, LyingServer.Lie lie, String reason) {
    return Arguments.of(check, name, lie, reason);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("lies")
  void lies_are_seen_through(HttpCheck check, String name, LyingServer.Lie lie, String reason)
      throws Exception {
    try (LyingServer server = LyingServer.start(lie)) {
      boolean waits = reason.startsWith("timed out") || reason.isEmpty();
      CheckResult result =
          TABLE.run(check, name, server.address(), waits ? CheckTable.SHORT : CheckTable.PATIENCE);
      assertThat(result.passed()).isFalse();
      assertThat(result.detail()).startsWith(reason);
    }
  }

  static List<Arguments> tlsLies() {
    return List.of(
        lie(TLS, "hangs", LyingServer.hangs(), "timed out after 300ms in the TLS handshake"),
        lie(
            TLS,
            "closes",
            LyingServer.closes(),
            "the server closed the connection without an answer in the TLS handshake"),
        lie(TLS, "garbage", LyingServer.garbage(1), "not TLS: the server answered 's\\xd5"),
        lie(
            TLS,
            "speaks plain HTTP",
            LyingServer.answers(OK + "\r\n"),
            "not TLS: the server answered 'HTTP/1.1 200 OK'"),
        lie(
            TLS,
            "drips half a record",
            LyingServer.drips("\26\3\3\0\200", PAUSE),
            "timed out after 300ms in the TLS handshake"));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("tlsLies")
  void lies_before_tls_are_seen_through(
      HttpCheck check, String name, LyingServer.Lie lie, String reason) throws Exception {
    lies_are_seen_through(check, name, lie, reason);
  }

  @Test
  void lies_within_tls_are_seen_through(@TempDir Path directory) throws Exception {
    Certificates certificates = new Certificates(directory);
    TlsSettings trusting = TlsSettings.DEFAULT.trusting(certificates.authority());
    Certificates.Issued good = certificates.issue("good", "ip:127.0.0.1");
    try (LyingServer server = LyingServer.startTls(good.context(), LyingServer.answers(""))) {
      assertThat(TABLE.run(GET.tls(trusting), "closes after TLS", server.address()))
          .isEqualTo(CheckResult.failed("the server closed the connection without an answer"));
      assertThat(TABLE.run(TWO.tls(trusting), "TLS without ALPN", server.address()))
          .isEqualTo(CheckResult.failed("the server does not offer HTTP/2 (by ALPN, RFC 7301)"));
    }
    Certificates.Issued old = certificates.issue("old", "ip:127.0.0.1", "-10d", 7);
    try (LyingServer server = LyingServer.startTls(old.context(), LyingServer.answers(""))) {
      assertThat(TABLE.run(GET.tls(trusting), "expired certificate", server.address()).detail())
          .startsWith("certificate expired 3 days ago on ");
    }
    Certificates.Issued self = certificates.selfSigned("self", "ip:127.0.0.1", "-0d", 30);
    try (LyingServer server = LyingServer.startTls(self.context(), LyingServer.answers(""))) {
      assertThat(TABLE.run(GET.tls(trusting), "self-signed certificate", server.address()))
          .isEqualTo(CheckResult.failed("certificate is self-signed, not by a trusted authority"));
    }
    Certificates.Issued other = certificates.issue("other", "dns:other.example");
    try (LyingServer server = LyingServer.startTls(other.context(), LyingServer.answers(""))) {
      assertThat(
              TABLE.run(
                  GET.virtualHost("web.example").tls(trusting),
                  "certificate of another name",
                  server.address()))
          .isEqualTo(CheckResult.failed("certificate is for other.example, not web.example"));
    }
  }

  /** Whatever comes, there is a reason and no exception. */
  @Test
  void random_answers_fail_with_a_reason() throws Exception {
    Random random = new Random(42);
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      boolean two = i % 2 == 0;
      byte[] head = (two ? SETTINGS : OK).getBytes(StandardCharsets.ISO_8859_1);
      byte[] told = Arrays.copyOf(head, head.length + bytes.length);
      System.arraycopy(bytes, 0, told, head.length, bytes.length);
      try (LyingServer server = LyingServer.start(LyingServer.says(told))) {
        CheckResult result = FUZZ.run(two ? TWO : BODY, "fuzz " + i, server.address());
        assertThat(result.passed()).isFalse();
        assertThat(result.detail())
            .as("round %d: %s", i, Arrays.toString(told))
            .matches("(?s)(the server |broken |not |no match of |status |connection reset).*");
      }
    }
  }

  @Test
  void an_endless_body_does_not_matter_if_the_status_is_enough() throws Exception {
    try (LyingServer server = LyingServer.start(LyingServer.endless(OK + "\r\n", "x"))) {
      assertThat(TABLE.run(GET, "endless body", server.address()))
          .isEqualTo(CheckResult.passed("status 200"));
    }
  }

  @Test
  void interim_answers_are_passed_over() throws Exception {
    String two = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK + "\r\nup";
    try (LyingServer server = LyingServer.start(LyingServer.answers(two))) {
      assertThat(TABLE.run(BODY, "103 and then 200", server.address()))
          .isEqualTo(CheckResult.passed("status 200"));
    }
  }

  /** Which of the two depends on whether the reset or the success of the connect is seen first. */
  @Test
  void a_reset_is_told() throws Exception {
    for (HttpCheck check : List.of(GET, TWO, TLS)) {
      try (LyingServer server = LyingServer.start(LyingServer.resets())) {
        assertThat(TABLE.run(check, "resets", server.address()).detail())
            .containsAnyOf(
                "connection reset", "broken pipe", "closed the connection without an answer");
      }
    }
  }

  @Test
  void nobody_listens() throws Exception {
    try (ClosedPort port = new ClosedPort()) {
      assertThat(TABLE.run(GET, "nobody listens", port.address()))
          .isEqualTo(CheckResult.failed("connection refused"));
    }
  }

  @Test
  void each_path_of_each_try_has_a_connection_of_its_own() throws Exception {
    LyingServer.Lie keepAlive = LyingServer.answers(OK + "Content-Length: 0\r\n\r\n");
    try (LyingServer server = LyingServer.start(keepAlive)) {
      HttpCheck check = GET.paths(List.of("/a", "/b"));
      TABLE.run(check, "keeps connections", server.address());
      TABLE.run(check, "keeps connections", server.address());
      assertThat(server.accepted()).isEqualTo(4);
    }
  }
}
