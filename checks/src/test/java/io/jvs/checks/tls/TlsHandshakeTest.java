package io.jvs.checks.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.checks.Certificates;
import io.jvs.checks.CheckTable;
import io.jvs.checks.LyingServer;
import io.jvs.checks.NginxServer;
import io.jvs.health.CheckResult;
import io.jvs.model.CheckTarget;
import io.jvs.model.SocketAddresses;
import io.jvs.testkit.ClosedPort;
import io.jvs.testkit.FreeAddresses;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Against nginx, which is real, and servers that lie. */
class TlsHandshakeTest {
  private static final CheckTable TABLE = new CheckTable();

  private static Path directory;
  private static Certificates certificates;
  private static TlsSettings trusting;
  private static NginxServer nginx;
  private static final InetSocketAddress plain = FreeAddresses.tcp();
  private static final InetSocketAddress web = FreeAddresses.tcp();
  private static final InetSocketAddress web6 = FreeAddresses.tcp6();
  private static final InetSocketAddress strict = FreeAddresses.tcp();
  private static final InetSocketAddress old = FreeAddresses.tcp();

  @BeforeAll
  static void start(@TempDir Path shared) throws Exception {
    directory = shared;
    certificates = new Certificates(directory);
    trusting = TlsSettings.DEFAULT.trusting(certificates.authority());
    Certificates.Issued own = certificates.issue("web", "dns:web.example,ip:127.0.0.1,ip:::1");
    Certificates.Issued other = certificates.issue("other", "dns:other.example");
    nginx =
        NginxServer.start(
            Files.createDirectory(directory.resolve("nginx")),
            """
            ssl_protocols TLSv1.2 TLSv1.3;
            server { listen %1$s; return 200 "plain"; }
            server {
              listen %2$s ssl; listen %3$s ssl;
              server_name web.example;
              ssl_certificate %4$s; ssl_certificate_key %5$s;
            }
            server {
              listen %2$s ssl;
              server_name other.example;
              ssl_certificate %6$s; ssl_certificate_key %7$s;
            }
            server {
              listen %8$s ssl;
              ssl_certificate %4$s; ssl_certificate_key %5$s;
              ssl_client_certificate %9$s; ssl_verify_client on;
            }
            server {
              listen %10$s ssl;
              ssl_certificate %4$s; ssl_certificate_key %5$s; ssl_protocols TLSv1.2;
            }
            """
                .formatted(
                    SocketAddresses.format(plain),
                    SocketAddresses.format(web),
                    SocketAddresses.format(web6),
                    own.certificate(),
                    own.key(),
                    other.certificate(),
                    other.key(),
                    SocketAddresses.format(strict),
                    certificates.authority(),
                    SocketAddresses.format(old)));
    check(trusting, "nginx", web); // the first handshake of a JVM takes longer than lies may
  }

  @AfterAll
  static void stop() throws Exception {
    TABLE.close();
    if (nginx != null) {
      nginx.stop();
    }
  }

  private static CheckResult check(TlsSettings settings, String against, InetSocketAddress server)
      throws Exception {
    return TABLE.run(new TlsHandshake(settings), against, server);
  }

  @Test
  void nginx_passes_by_name_and_by_address_on_both_families() throws Exception {
    assertThat(check(trusting.serverName("web.example"), "nginx", web))
        .isEqualTo(CheckResult.passed("TLSv1.3 TLS_AES_256_GCM_SHA384"));
    assertThat(check(trusting, "nginx", web).passed()).isTrue();
    assertThat(check(trusting, "nginx IPv6", web6).passed()).isTrue();
    assertThat(check(trusting, "nginx TLS 1.2", old).detail()).startsWith("TLSv1.2 TLS_ECDHE");
  }

  @Test
  void the_name_asked_for_chooses_the_certificate() throws Exception {
    assertThat(check(trusting.serverName("other.example"), "nginx", web).passed()).isTrue();
  }

  @Test
  void from_an_address_of_ones_own() throws Exception {
    CheckTarget target = new CheckTarget(null, 0, SocketAddresses.parseIp("127.0.0.2"));
    assertThat(
            TABLE
                .run(new TlsHandshake(trusting), "nginx", web, target, CheckTable.PATIENCE)
                .passed())
        .isTrue();
  }

  @Test
  void a_certificate_for_another_name_fails() throws Exception {
    assertThat(check(trusting.serverName("shop.example"), "nginx, other name", web))
        .isEqualTo(
            CheckResult.failed(
                "certificate is for web.example, 127.0.0.1, 0:0:0:0:0:0:0:1, not shop.example"));
  }

  @Test
  void an_authority_that_is_not_trusted_fails() throws Exception {
    assertThat(check(TlsSettings.DEFAULT.serverName("web.example"), "nginx, unknown CA", web))
        .isEqualTo(
            CheckResult.failed(
                "certificate is not signed by a trusted authority (issuer: Test Authority)"));
    assertThat(check(TlsSettings.DEFAULT.unverified(), "nginx, unknown CA", web).passed()).isTrue();
  }

  @Test
  void plain_http_on_the_port_is_told() throws Exception {
    assertThat(check(trusting, "nginx without TLS", plain))
        .isEqualTo(CheckResult.failed("not TLS: the server answered 'HTTP/1.1 400 Bad Request'"));
  }

  @Test
  void expired_certificates_fail_or_warn() throws Exception {
    Certificates.Issued gone = certificates.issue("gone", "dns:web.example", "-10d", 7);
    try (LyingServer server = LyingServer.startTls(gone.context(), LyingServer.answers(""))) {
      TlsSettings settings = trusting.serverName("web.example");
      assertThat(check(settings, "expired certificate", server.address()).detail())
          .matches("certificate expired 3 days ago on \\d{4}-\\d\\d-\\d\\d");
      CheckResult unverified =
          check(settings.unverified(), "expired certificate", server.address());
      assertThat(unverified.passed()).isTrue();
      assertThat(unverified.warning()).startsWith("certificate expired 3 days ago on ");
    }
  }

  @Test
  void a_certificate_that_begins_tomorrow_fails() throws Exception {
    Certificates.Issued early = certificates.issue("early", "dns:web.example", "+3d", 7);
    try (LyingServer server = LyingServer.startTls(early.context(), LyingServer.answers(""))) {
      assertThat(
              check(
                      trusting.serverName("web.example"),
                      "certificate of the future",
                      server.address())
                  .detail())
          .matches("certificate is not valid before \\d{4}-\\d\\d-\\d\\d, in 2 days");
    }
  }

  @Test
  void a_certificate_that_ends_soon_warns() throws Exception {
    Certificates.Issued soon = certificates.issue("soon", "dns:web.example", "-1d", 8);
    try (LyingServer server = LyingServer.startTls(soon.context(), LyingServer.answers(""))) {
      TlsSettings settings = trusting.serverName("web.example");
      CheckResult result = check(settings, "certificate that ends soon", server.address());
      assertThat(result.passed()).isTrue();
      assertThat(result.warning()).matches("certificate expires in 6 days on \\d{4}-\\d\\d-\\d\\d");
      assertThat(
              check(
                      settings.warnBefore(Duration.ofDays(3)),
                      "certificate that ends soon",
                      server.address())
                  .warning())
          .isNull();
    }
  }

  @Test
  void self_signed_certificates_fail_unless_they_are_trusted_and_in_date() throws Exception {
    Certificates.Issued self = certificates.selfSigned("self", "dns:web.example", "-0d", 30);
    TlsSettings named = TlsSettings.DEFAULT.serverName("web.example");
    try (LyingServer server = LyingServer.startTls(self.context(), LyingServer.answers(""))) {
      assertThat(check(named, "self-signed certificate", server.address()))
          .isEqualTo(CheckResult.failed("certificate is self-signed, not by a trusted authority"));
      assertThat(
              check(named.trusting(self.certificate()), "self-signed, pinned", server.address())
                  .passed())
          .isTrue();
    }
    Certificates.Issued stale = certificates.selfSigned("stale", "dns:web.example", "-10d", 7);
    try (LyingServer server = LyingServer.startTls(stale.context(), LyingServer.answers(""))) {
      assertThat(
              check(named.trusting(stale.certificate()), "expired, pinned", server.address())
                  .detail())
          .startsWith("certificate expired 3 days ago on ");
    }
  }

  @Test
  void client_certificates_are_shown_and_their_refusal_is_told_in_tls_1_3() throws Exception {
    Certificates.Issued server = certificates.issue("strict", "ip:127.0.0.1");
    Certificates.Issued client = certificates.issue("client", "dns:client.example");
    Certificates.Issued stranger = certificates.selfSigned("stranger", "dns:x.example", "-0d", 30);
    try (LyingServer java =
        LyingServer.startTls(server.context(), true, (s, c) -> c.getInputStream().read())) {
      assertThat(
              check(
                      trusting.presenting(client.certificate(), client.key()),
                      "wants a client certificate",
                      java.address())
                  .detail())
          .startsWith("TLSv1.3");
      assertThat(check(trusting, "wants a client certificate", java.address()).detail())
          .startsWith("the server refused the TLS handshake: ")
          .contains("client certificate");
      assertThat(
              check(
                      trusting.presenting(stranger.certificate(), stranger.key()),
                      "wants another client certificate",
                      java.address())
                  .detail())
          .startsWith("the server refused the TLS handshake: certificate_unknown");
    }
    // nginx answers in HTTP that it wants one; the handshake is whole either way.
    assertThat(
            check(
                    trusting.presenting(client.certificate(), client.key()),
                    "nginx with ssl_verify_client",
                    strict)
                .passed())
        .isTrue();
  }

  static List<Arguments> lies() {
    return List.of(
        Arguments.of("hangs", LyingServer.hangs(), "timed out after 300ms in the TLS handshake"),
        Arguments.of(
            "closes",
            LyingServer.closes(),
            "the server closed the connection without an answer in the TLS handshake"),
        Arguments.of("garbage", LyingServer.garbage(1), "not TLS: the server answered 's\\xd5"),
        Arguments.of(
            "greets in plain text",
            LyingServer.says("220 mail.example ESMTP\r\n"),
            "not TLS: the server answered '220 mail.example ESMTP'"),
        Arguments.of(
            "drips half a record",
            LyingServer.drips("\26\3\3\0\200", Duration.ofMillis(20)),
            "timed out after 300ms in the TLS handshake"),
        Arguments.of(
            "endless handshake records",
            LyingServer.endless("", "\26\3\3\0\1\16"),
            "in the TLS handshake"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lies")
  void lies_are_seen_through(String name, LyingServer.Lie lie, String reason) throws Exception {
    try (LyingServer server = LyingServer.start(lie)) {
      boolean waits = reason.startsWith("timed out");
      CheckResult result =
          TABLE.run(
              new TlsHandshake(trusting),
              name,
              server.address(),
              waits ? CheckTable.SHORT : CheckTable.PATIENCE);
      assertThat(result.passed()).isFalse();
      assertThat(result.detail()).contains(reason);
    }
  }

  @Test
  void a_reset_and_a_closed_port_are_told() throws Exception {
    try (LyingServer server = LyingServer.start(LyingServer.resets())) {
      assertThat(check(trusting, "resets", server.address()).detail())
          .containsAnyOf("connection reset", "broken pipe");
    }
    try (ClosedPort port = new ClosedPort()) {
      assertThat(check(trusting, "nobody listens", port.address()))
          .isEqualTo(CheckResult.failed("connection refused"));
    }
  }

  @Test
  void files_are_read_again_when_they_have_changed() throws Exception {
    Path trust = directory.resolve("renewed.pem");
    Certificates.Issued wrong = certificates.selfSigned("wrong", "dns:x.example", "-0d", 30);
    Files.copy(wrong.certificate(), trust);
    TlsSettings settings = TlsSettings.DEFAULT.trusting(trust).serverName("web.example");
    assertThat(check(settings, "nginx", web).detail()).startsWith("certificate is not signed");
    Files.copy(certificates.authority(), trust, StandardCopyOption.REPLACE_EXISTING);
    assertThat(check(settings, "nginx", web).passed()).isTrue();
    assertThat(settings.context()).isSameAs(settings.context());
    Files.delete(trust);
    assertThat(check(settings, "nginx", web))
        .isEqualTo(CheckResult.failed(trust + ": no such file (expected: a PEM file)"));
  }
}
