package io.jvs.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.health.CheckResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real haproxy that takes no connection without a PROXY header, and checks of a file. */
class RealProxyChecksTest {
  private final Path directory;
  private final int plain = Nginx.freePort();
  private final int secure = Nginx.freePort();
  private final FileChecks checks;

  RealProxyChecksTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    this.checks = new FileChecks(directory, "tcp 127.0.0.1:80");
  }

  @BeforeEach
  void startHaproxy() throws Exception {
    Programs.require("haproxy", "openssl");
    Programs.output(
        "sh",
        "-ec",
        "cd "
            + directory
            + "; openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test"
            + " -keyout key.pem -out cert.pem; cat cert.pem key.pem > both.pem");
    Files.writeString(
        directory.resolve("haproxy.cfg"),
        """
        defaults
          mode http
          timeout client 5s
        frontend plain
          http-request return status 200 content-type text/plain string "well"
          bind 127.0.0.1:%d accept-proxy
        frontend secure
          http-request return status 200 content-type text/plain string "well"
          bind 127.0.0.1:%d accept-proxy ssl crt %s/both.pem alpn h2,http/1.1
        """
            .formatted(plain, secure, directory));
    Process started = // which ends when it listens
        Programs.start(
            directory.resolve("haproxy.log"),
            List.of(
                "haproxy",
                "-D",
                "-p",
                directory.resolve("pid").toString(),
                "-f",
                directory.resolve("haproxy.cfg").toString()));
    assertThat(started.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(started.exitValue()).as(Files.readString(directory.resolve("haproxy.log"))).isZero();
  }

  @AfterEach
  void stop() throws IOException {
    checks.close();
    if (Files.exists(directory.resolve("pid"))) {
      for (String pid : Files.readAllLines(directory.resolve("pid"))) {
        ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1", "v2", "{ version: 2, checksum: true }"})
  void checks_begin_as_the_services_connections_do(String proxyTo) throws Exception {
    String tcp = "tcp: { proxyTo: " + proxyTo + " }";

    for (String check : List.of("http", "{ check: http, version: 2 }", dialogue(""))) {
      CheckResult result = checks.run(tcp, check, plain);
      assertThat(result.passed()).as("%s: %s", check, result.detail()).isTrue();
    }
    for (String check :
        List.of(
            "{ check: tls, verify: false }",
            "{ check: http, tls: { verify: false } }",
            "{ check: http, version: 2, tls: { verify: false } }")) {
      CheckResult result = checks.run(tcp, check, secure);
      assertThat(result.passed()).as("%s: %s", check, result.detail()).isTrue();
    }
  }

  @Test
  void without_a_header_such_a_server_is_down() throws Exception {
    String tcp = "tcp: { proxyTo: v2 }";

    assertThat(checks.run("", "http", plain).passed()).isFalse();
    assertThat(checks.run(tcp, "{ check: http, proxyTo: none }", plain).passed()).isFalse();
    assertThat(checks.run(tcp, dialogue(", proxyTo: none"), plain).passed()).isFalse();
    assertThat(checks.run(tcp, "{ check: tls, verify: false, proxyTo: none }", secure).passed())
        .isFalse();
    assertThat(checks.run(tcp, "{ check: http, port: " + plain + " }", 1).passed())
        .as("another port is another program")
        .isFalse();
  }

  @Test
  void a_check_can_ask_for_one_by_itself() throws Exception {
    assertThat(checks.run("", "{ check: http, proxyTo: v1 }", plain).passed()).isTrue();
    String elsewhere = "{ check: http, proxyTo: v2, port: " + plain + " }";
    assertThat(checks.run("", elsewhere, 1).passed()).isTrue();
  }

  private static String dialogue(String more) {
    return "{ check: dialogue, steps: [{ send: \"GET / HTTP/1.0\\r\\n\\r\\n\" }, { expect:"
        + " \"^HTTP/1.. 200\" }]"
        + more
        + " }";
  }
}
