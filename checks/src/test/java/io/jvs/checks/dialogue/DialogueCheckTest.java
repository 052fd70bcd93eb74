package io.jvs.checks.dialogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.checks.Certificates;
import io.jvs.checks.CheckTable;
import io.jvs.checks.LyingServer;
import io.jvs.checks.Regex;
import io.jvs.checks.dialogue.Step.Expect;
import io.jvs.checks.dialogue.Step.Reject;
import io.jvs.checks.dialogue.Step.Send;
import io.jvs.checks.tls.TlsSettings;
import io.jvs.health.CheckResult;
import io.jvs.model.CheckTarget;
import io.jvs.model.SocketAddresses;
import io.jvs.testkit.ClosedPort;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Dialogues of one's own and the known ones, against servers that lie. */
class DialogueCheckTest {
  private static final CheckTable TABLE = new CheckTable();
  private static final DialogueCheck GREETING =
      DialogueCheck.of(Expect.line("^220", "greeting"), new Send("QUIT\r\n"));

  @AfterAll
  static void print() {
    TABLE.close();
  }

  private static CheckResult run(DialogueCheck check, String against, LyingServer.Lie lie)
      throws Exception {
    return run(check, against, lie, CheckTable.PATIENCE);
  }

  private static CheckResult run(
      DialogueCheck check, String against, LyingServer.Lie lie, Duration timeout) throws Exception {
    try (LyingServer server = LyingServer.start(lie)) {
      return TABLE.run(check, against, server.address(), timeout);
    }
  }

  static List<DialogueCheck> known() {
    return List.of(
        Dialogues.smtp("director.example", Encryption.none()),
        Dialogues.pop3(null, Encryption.none()),
        Dialogues.imap(null, Encryption.none()),
        Dialogues.ftp(null, Encryption.none()),
        Dialogues.nntp(Encryption.none()),
        Dialogues.redis(null, null, Encryption.none()),
        Dialogues.memcached(Encryption.none()));
  }

  static List<Arguments> liesToAll() {
    List<Arguments> all = new ArrayList<>();
    for (DialogueCheck check : known()) {
      all.add(Arguments.of(check, "hangs", LyingServer.hangs(), "timed out after 300ms waiting "));
      all.add(Arguments.of(check, "closes", LyingServer.closes(), "closed by the server before "));
      all.add(Arguments.of(check, "garbage", LyingServer.garbage(1), "expected a"));
      all.add(
          Arguments.of(
              check,
              "drips",
              LyingServer.drips("220-slow", Duration.ofMillis(20)),
              "so far got '2"));
      all.add(
          Arguments.of(
              check,
              "endless line",
              LyingServer.endless("", "x"),
              "got more than 65536 bytes without it: 'xxxx"));
      all.add(
          Arguments.of(
              check,
              "speaks HTTP",
              LyingServer.says("HTTP/1.1 400 Bad Request\r\n\r\n"),
              "got 'HTTP/1.1 400 Bad Request'"));
    }
    return all;
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("liesToAll")
  void lies_are_seen_through(DialogueCheck check, String name, LyingServer.Lie lie, String reason)
      throws Exception {
    boolean waits = name.equals("hangs") || name.equals("drips");
    CheckResult result = run(check, name, lie, waits ? CheckTable.SHORT : CheckTable.PATIENCE);
    assertThat(result.passed()).isFalse();
    assertThat(result.detail()).contains(reason);
  }

  @Test
  void reasons_name_what_was_expected_and_what_came() throws Exception {
    assertThat(run(GREETING, "says 554 no", LyingServer.says("554 no\r\n")))
        .isEqualTo(CheckResult.failed("expected a greeting like '^220', got '554 no'"));
    assertThat(run(GREETING, "closes", LyingServer.closes()))
        .isEqualTo(CheckResult.failed("closed by the server before the greeting"));
    assertThat(run(GREETING, "closes early", LyingServer.says("22")))
        .isEqualTo(
            CheckResult.failed("closed by the server before the greeting like '^220', after '22'"));
    assertThat(run(GREETING, "hangs", LyingServer.hangs(), CheckTable.SHORT))
        .isEqualTo(CheckResult.failed("timed out after 300ms waiting for the greeting"));
    assertThat(
            run(
                    GREETING,
                    "drips",
                    LyingServer.drips("220 ", Duration.ofMillis(10)),
                    CheckTable.SHORT)
                .detail())
        .startsWith("timed out after 300ms waiting for the greeting like '^220', so far got '2");
    assertThat(run(GREETING, "resets", LyingServer.resets()).detail())
        // A reset may be there before connecting has returned.
        .isIn("connection reset before the greeting", "connection reset by peer");
    try (ClosedPort port = new ClosedPort()) {
      assertThat(TABLE.run(GREETING, "nobody listens", port.address()))
          .isEqualTo(CheckResult.failed("connection refused"));
    }
  }

  @Test
  void what_is_expected_may_come_late_and_in_pieces() throws Exception {
    DialogueCheck check =
        DialogueCheck.of(
            new Send("PING\r\n"),
            Expect.anywhere("\\bready\\b", "word"),
            Expect.anywhere("^done$", "end"));
    LyingServer.Lie lie =
        LyingServer.drips("not yet\r\nbut ready now\r\ndone\n", Duration.ofMillis(2));
    assertThat(run(check, "honest and slow", lie)).isEqualTo(CheckResult.passed("'not yet'"));
  }

  @Test
  void what_is_rejected_fails_at_once() throws Exception {
    DialogueCheck check =
        DialogueCheck.of(
            Reject.of("maintenance"), Expect.anywhere("^220", "greeting"), new Send("x"));
    assertThat(run(check, "in maintenance", LyingServer.endless("220 maintenance", "\n")).detail())
        .isEqualTo("expected a greeting without 'maintenance', got '220 maintenance'");
  }

  @Test
  void bytes_are_latin_1_and_texts_are_utf_8() throws Exception {
    DialogueCheck check =
        DialogueCheck.of(new Send("ä\0"), Expect.anywhere("^\\xc3\\xa4\\x00\\xff", "echo"));
    LyingServer.Lie echo =
        (server, connection) -> {
          byte[] got = connection.getInputStream().readNBytes(3);
          LyingServer.says(new String(got, StandardCharsets.ISO_8859_1) + "\u00ff")
              .tell(server, connection);
        };
    assertThat(run(check, "echo", echo).passed()).isTrue();
  }

  @Test
  void a_regex_that_never_ends_is_stopped() throws Exception {
    DialogueCheck backtracking = DialogueCheck.of(Expect.anywhere("(a+a+)+\\1b", "answer"));
    assertThat(run(backtracking, "40 letters", LyingServer.says("a".repeat(40) + "!")).detail())
        .isEqualTo(
            "the regex '(a+a+)+\\1b' takes too long on an answer of 41 bytes (expected: one without"
                + " nested repetition)");
    DialogueCheck recursing = DialogueCheck.of(Expect.anywhere("\\A(a|b)*c", "answer"));
    assertThat(run(recursing, "60000 letters", LyingServer.says("a".repeat(60_000))).detail())
        .startsWith("the regex '\\A(a|b)*c' takes too long on an answer of ");
  }

  @Test
  void plain_text_slipped_in_before_tls_is_a_failure() throws Exception {
    DialogueCheck check =
        Dialogues.smtp("director.example", new Encryption.StartTls(TlsSettings.DEFAULT));
    LyingServer.Lie lie =
        (server, connection) -> {
          byte[] unread = new byte[4096];
          connection.getOutputStream().write("220 mail\r\n".getBytes(StandardCharsets.US_ASCII));
          int unused = connection.getInputStream().read(unread);
          connection.getOutputStream().write("250 yes\r\n".getBytes(StandardCharsets.US_ASCII));
          unused = connection.getInputStream().read(unread);
          LyingServer.says("220 go\r\n250 injected\r\n").tell(server, connection);
        };
    assertThat(run(check, "injects before TLS", lie))
        .isEqualTo(
            CheckResult.failed("plain text after the agreement to start TLS: '250 injected'"));
  }

  @Test
  void a_wrong_certificate_is_told(@TempDir Path directory) throws Exception {
    Certificates certificates = new Certificates(directory);
    Certificates.Issued gone = certificates.issue("gone", "dns:mail.example", "-10d", 7);
    TlsSettings tls = TlsSettings.DEFAULT.trusting(certificates.authority());
    for (DialogueCheck check :
        List.of(
            Dialogues.smtp("a", new Encryption.Implicit(tls.serverName("mail.example"))),
            Dialogues.imap(null, new Encryption.Implicit(tls.serverName("mail.example"))),
            Dialogues.redis(null, null, new Encryption.Implicit(tls.serverName("mail.example"))))) {
      try (LyingServer server = LyingServer.startTls(gone.context(), LyingServer.answers(""))) {
        assertThat(TABLE.run(check, "expired certificate", server.address()).detail())
            .startsWith("certificate expired 3 days ago");
      }
    }
  }

  @Test
  void both_families_and_an_address_of_ones_own() throws Exception {
    LyingServer.Lie honest = LyingServer.says("220 here\r\n");
    try (LyingServer server = LyingServer.start("::1", honest)) {
      assertThat(TABLE.run(GREETING, "IPv6", server.address()).passed()).isTrue();
    }
    InetSocketAddress[] from = new InetSocketAddress[1];
    try (LyingServer server =
        LyingServer.start(
            (same, connection) -> {
              from[0] = (InetSocketAddress) connection.getRemoteSocketAddress();
              honest.tell(same, connection);
            })) {
      CheckTarget target = new CheckTarget(null, 0, SocketAddresses.parseIp("127.0.0.9"));
      assertThat(
              TABLE
                  .run(GREETING, "own address", server.address(), target, CheckTable.PATIENCE)
                  .passed())
          .isTrue();
      assertThat(from[0].getHostString()).isEqualTo("127.0.0.9");
    }
  }

  @Test
  void secrets_are_in_no_text_of_a_check() {
    DialogueCheck check = Dialogues.pop3(new Login("monitor", "secret"), Encryption.none());
    assertThat(check + " " + check.steps()).doesNotContain("secret");
    assertThat(Dialogues.redis(null, "secret", Encryption.none()).steps().toString())
        .doesNotContain("secret");
    assertThat(new Login("monitor", "secret").toString()).doesNotContain("secret");
  }

  @Test
  void equal_settings_are_equal_checks() {
    assertThat(Dialogues.smtp("a", Encryption.none()))
        .isEqualTo(Dialogues.smtp("a", Encryption.none()))
        .hasSameHashCodeAs(Dialogues.smtp("a", Encryption.none()))
        .isNotEqualTo(Dialogues.smtp("b", Encryption.none()));
  }

  @Test
  void wrong_dialogues_are_refused() {
    assertThatThrownBy(DialogueCheck::of).hasMessage("dialogue: 0 steps (expected: 1 to 64)");
    assertThatThrownBy(() -> DialogueCheck.of(new Send("x")))
        .hasMessage(
            "dialogue: nothing is expected (expected: at least one step that waits for an answer;"
                + " to see only whether a connection can be opened, use tcp-connect)");
    assertThatThrownBy(() -> new Send(""))
        .hasMessage("text to send '' (expected: at least one character)");
    assertThatThrownBy(() -> Regex.of("(")).hasMessage("regex '(': Unclosed group near index 1");
    assertThatThrownBy(() -> Regex.of("")).hasMessage("regex '' (expected: one that is not empty)");
    assertThatThrownBy(() -> Dialogues.smtp("a b", Encryption.none()))
        .hasMessage("smtp helo name 'a b' (expected: a host name, or an address in brackets)");
    assertThatThrownBy(() -> new Login("a\r\nb", ""))
        .hasMessage(
            "login user with a control character (expected: none, as it is sent in a line)");
    assertThatThrownBy(() -> Dialogues.redis("me", null, Encryption.none()))
        .hasMessage("redis user 'me' without a password");
    assertThatThrownBy(() -> Dialogues.memcached(new Encryption.StartTls(TlsSettings.DEFAULT)))
        .hasMessage("memcached has no STARTTLS (expected: TLS from the start, or none)");
    Step tls = new Step.StartTls(TlsSettings.DEFAULT);
    assertThatThrownBy(() -> DialogueCheck.of(tls, tls, Expect.line("x", "y")))
        .hasMessage(
            "dialogue: startTls in a dialogue that is in TLS already (expected: once at most)");
  }
}
