package io.jvs.checks.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.checks.Certificates;
import io.jvs.checks.CheckTable;
import io.jvs.checks.LyingServer;
import io.jvs.checks.NginxServer;
import io.jvs.checks.tls.TlsSettings;
import io.jvs.health.CheckResult;
import io.jvs.model.CheckTarget;
import io.jvs.model.SocketAddresses;
import io.jvs.testkit.FreeAddresses;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against nginx: HTTP/1.1 and 2, with TLS and without, virtual hosts, bodies. */
class HttpCheckTest {
  private static final CheckTable TABLE = new CheckTable();
  private static final String HELLO_MD5 = "5d41402abc4b2a76b9719d911017c592";
  private static final String HELLO_SHA_256 =
      "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

  private static final InetSocketAddress plain = FreeAddresses.tcp();
  private static final InetSocketAddress plain6 = FreeAddresses.tcp6();
  private static final InetSocketAddress prior = FreeAddresses.tcp();
  private static final InetSocketAddress secure = FreeAddresses.tcp();
  private static final InetSocketAddress old = FreeAddresses.tcp();

  private static TlsSettings trusting = TlsSettings.DEFAULT;
  private static NginxServer nginx;
  private static Certificates.Issued client;
  private static Path accessLog;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    Certificates certificates = new Certificates(directory);
    trusting = TlsSettings.DEFAULT.trusting(certificates.authority());
    client = certificates.issue("client", "dns:client.example");
    Certificates.Issued web = certificates.issue("web", "dns:web.example,ip:127.0.0.1");
    Path home = Files.createDirectory(directory.resolve("nginx"));
    accessLog = home.resolve("access.log");
    nginx =
        NginxServer.start(
            home,
            """
            ssl_certificate %1$s; ssl_certificate_key %2$s; ssl_protocols TLSv1.2 TLSv1.3;
            ssl_client_certificate %3$s; ssl_verify_client optional;
            server {
              listen %4$s default_server; listen %5$s; listen %6$s http2 default_server;
              listen %7$s ssl http2 default_server; listen %8$s ssl default_server;
              location = / { return 200 "hello"; }
              location = /500 { return 500; }
              location = /302 { return 302 /; }
              location = /json { default_type application/json;
                return 200 '{"status":"UP","count":3,"db":{"ok":true},"none":null}'; }
              location = /version { return 200 "$server_protocol"; }
              location = /host { return 200 "$http_host"; }
              location = /from { return 200 "$remote_addr"; }
              location = /method { return 200 "$request_method $http_x_check $http_user_agent"; }
              location = /client { return 200 "$ssl_client_verify $ssl_server_name"; }
            }
            server {
              listen %4$s; listen %6$s http2; listen %7$s ssl http2; listen %8$s ssl;
              server_name web.example;
              location / { return 200 "web"; }
            }
            """
                .formatted(
                    web.certificate(),
                    web.key(),
                    certificates.authority(),
                    SocketAddresses.format(plain),
                    SocketAddresses.format(plain6),
                    SocketAddresses.format(prior),
                    SocketAddresses.format(secure),
                    SocketAddresses.format(old)));
  }

  @AfterAll
  static void stop() throws Exception {
    TABLE.close();
    if (nginx != null) {
      nginx.stop();
    }
  }

  private static CheckResult check(HttpCheck check, InetSocketAddress server) throws Exception {
    return TABLE.run(check, "nginx", server);
  }

  private static HttpCheck body(String path, String regex) {
    return HttpCheck.get(path).expecting(HttpExpectation.DEFAULT.body(regex));
  }

  @Test
  void a_status_tells_over_both_families() throws Exception {
    assertThat(check(HttpCheck.get("/"), plain)).isEqualTo(CheckResult.passed("status 200"));
    assertThat(check(HttpCheck.get("/"), plain6).passed()).isTrue();
    assertThat(check(HttpCheck.get("/302"), plain)).isEqualTo(CheckResult.passed("status 302"));
    assertThat(check(HttpCheck.get("/500"), plain))
        .isEqualTo(CheckResult.failed("status 500 (expected: 200-399)"));
    assertThat(
            check(
                HttpCheck.get("/302").expecting(HttpExpectation.DEFAULT.status("200-299 304")),
                plain))
        .isEqualTo(CheckResult.failed("status 302 (expected: 200-299 304)"));
  }

  @ParameterizedTest
  @EnumSource(HttpVersion.class)
  void both_versions_with_tls_and_without(HttpVersion version) throws Exception {
    boolean two = version == HttpVersion.HTTP_2;
    HttpCheck check = body("/version", two ? "^HTTP/2.0$" : "^HTTP/1.1$").version(version);
    assertThat(check(check, two ? prior : plain).detail()).isEqualTo("status 200");
    assertThat(check(check.tls(trusting), secure).detail()).isEqualTo("status 200");
  }

  @Test
  void a_server_without_http_2_is_told() throws Exception {
    assertThat(check(HttpCheck.get("/").version(HttpVersion.HTTP_2).tls(trusting), old))
        .isEqualTo(
            CheckResult.failed(
                "the server refused the TLS handshake: no_application_protocol"
                    + " (it speaks none of the offered protocols)"));
    assertThat(check(HttpCheck.get("/").version(HttpVersion.HTTP_2), plain).detail())
        .startsWith("not HTTP/2: the server answered 'HTTP/1.1 400 Bad Request'");
    assertThat(check(HttpCheck.get("/"), prior).detail())
        .startsWith("not HTTP/1.1: the server answered '\\x00");
  }

  @Test
  void tls_and_plain_do_not_meet() throws Exception {
    assertThat(check(HttpCheck.get("/").tls(trusting), plain))
        .isEqualTo(CheckResult.failed("not TLS: the server answered 'HTTP/1.1 400 Bad Request'"));
    assertThat(check(HttpCheck.get("/"), secure))
        .isEqualTo(CheckResult.failed("status 400 (expected: 200-399)"));
    assertThat(check(HttpCheck.get("/").tls(TlsSettings.DEFAULT), secure))
        .isEqualTo(
            CheckResult.failed(
                "certificate is not signed by a trusted authority (issuer: Test Authority)"));
  }

  @ParameterizedTest
  @EnumSource(HttpVersion.class)
  void a_virtual_host_is_asked_for_by_header_and_name(HttpVersion version) throws Exception {
    HttpCheck web = body("/", "^web$").virtualHost("web.example").version(version);
    assertThat(check(web, version == HttpVersion.HTTP_2 ? prior : plain).passed()).isTrue();
    assertThat(check(web.tls(trusting), secure).passed()).isTrue();
    assertThat(check(web.virtualHost("shop.example").tls(trusting), secure).detail())
        .isEqualTo("certificate is for web.example, 127.0.0.1, not shop.example");
  }

  @Test
  void without_a_virtual_host_the_address_is_one() throws Exception {
    String host = SocketAddresses.format(plain);
    assertThat(check(body("/host", "^" + host + "$"), plain).passed()).isTrue();
    assertThat(check(body("/host", "^\\[::1]:\\d+$"), plain6).passed()).isTrue();
  }

  @Test
  void method_and_headers_are_sent() throws Exception {
    HttpCheck check = body("/method", "^POST yes jvs$").method("POST").header("X-Check", "yes");
    assertThat(check(check, plain).detail()).isEqualTo("status 200");
    HttpCheck other = body("/method", "^GET  me$").header("user-agent", "me");
    assertThat(check(other.version(HttpVersion.HTTP_2), prior).detail()).isEqualTo("status 200");
    assertThat(check(HttpCheck.get("/").method("HEAD"), plain).detail()).isEqualTo("status 200");
    assertThat(Files.readString(accessLog)).contains("\"HEAD / HTTP/1.1\" 200");
  }

  @Test
  void a_client_certificate_is_shown() throws Exception {
    HttpCheck check = body("/client", "^SUCCESS $");
    assertThat(check(check.tls(trusting), secure).detail())
        .isEqualTo("no match of '^SUCCESS $' in the body (5 bytes)");
    TlsSettings presenting = trusting.presenting(client.certificate(), client.key());
    assertThat(check(check.tls(presenting), secure).passed()).isTrue();
  }

  @Test
  void from_an_address_of_ones_own_to_a_port_of_its_own() throws Exception {
    CheckTarget target =
        new CheckTarget(null, plain.getPort(), SocketAddresses.parseIp("127.0.0.2"));
    assertThat(
            TABLE
                .run(body("/from", "^127.0.0.2$"), "nginx", secure, target, CheckTable.PATIENCE)
                .passed())
        .isTrue();
  }

  @Test
  void several_paths_must_all_pass() throws Exception {
    HttpCheck check = HttpCheck.get("/").paths(List.of("/", "/302", "/500", "/json"));
    assertThat(check(check.paths(List.of("/", "/302")), plain))
        .isEqualTo(CheckResult.passed("/: status 200, /302: status 302"));
    assertThat(check(check, plain))
        .isEqualTo(CheckResult.failed("/500: status 500 (expected: 200-399)"));
  }

  @Test
  void bodies_are_matched() throws Exception {
    assertThat(check(body("/", "h.l+o"), plain).passed()).isTrue();
    assertThat(check(body("/", "bye"), plain))
        .isEqualTo(CheckResult.failed("no match of 'bye' in the body (5 bytes)"));
    HttpCheck not = HttpCheck.get("/").expecting(HttpExpectation.DEFAULT.bodyNot("ell"));
    assertThat(check(not, plain))
        .isEqualTo(CheckResult.failed("the body matches 'ell' (expected: no match)"));
    HttpCheck short3 = HttpCheck.get("/").expecting(HttpExpectation.DEFAULT.body("lo").maxBody(3));
    assertThat(check(short3, plain))
        .isEqualTo(CheckResult.failed("no match of 'lo' in the body (its first 3 bytes)"));
  }

  @Test
  void digests_are_compared() throws Exception {
    HttpExpectation any = HttpExpectation.DEFAULT;
    HttpCheck hello = HttpCheck.get("/");
    assertThat(check(hello.expecting(any.digest(HELLO_MD5)), plain).passed()).isTrue();
    assertThat(check(hello.expecting(any.digest(HELLO_SHA_256)), plain).passed()).isTrue();
    String other = "0".repeat(32);
    assertThat(check(hello.expecting(any.digest(other)), plain))
        .isEqualTo(
            CheckResult.failed("MD5 of the body " + HELLO_MD5 + " (expected: " + other + ")"));
    assertThat(check(hello.expecting(any.digest(HELLO_MD5).maxBody(4)), plain))
        .isEqualTo(
            CheckResult.failed("body is longer than 4 bytes (expected: all of it; raise maxBody)"));
  }

  @Test
  void json_is_looked_into() throws Exception {
    HttpExpectation up = HttpExpectation.DEFAULT.json("/status", "UP").json("/count", "3");
    HttpCheck json = HttpCheck.get("/json");
    assertThat(check(json.expecting(up.json("/db/ok", "true")), plain).passed()).isTrue();
    assertThat(check(json.expecting(up.json("/db/ok", "false")), plain))
        .isEqualTo(CheckResult.failed("JSON /db/ok: 'true' (expected: false)"));
    assertThat(check(json.expecting(up.json("/db/x", "1")), plain))
        .isEqualTo(CheckResult.failed("JSON /db/x: absent (expected: 1)"));
    assertThat(check(json.expecting(up.json("/db", "")), plain))
        .isEqualTo(CheckResult.failed("JSON /db: '{\"ok\":true}' (expected: )"));
    assertThat(check(HttpCheck.get("/").expecting(up), plain))
        .isEqualTo(CheckResult.failed("body is not JSON: 'hello'"));
  }

  @Test
  void a_certificate_that_ends_soon_warns(@TempDir Path directory) throws Exception {
    Certificates certificates = new Certificates(directory);
    Certificates.Issued soon = certificates.issue("soon", "ip:127.0.0.1", "-1d", 8);
    LyingServer.Lie answer = LyingServer.answers("HTTP/1.1 204 No Content\r\n\r\n");
    try (LyingServer server = LyingServer.startTls(soon.context(), answer)) {
      TlsSettings settings = TlsSettings.DEFAULT.trusting(certificates.authority());
      CheckResult result =
          TABLE.run(
              HttpCheck.get("/").tls(settings), "certificate that ends soon", server.address());
      assertThat(result.passed()).isTrue();
      assertThat(result.warning()).matches("certificate expires in 6 days on \\d{4}-\\d\\d-\\d\\d");
    }
  }
}
