package io.jvs.checks.dialogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.jvs.checks.Certificates;
import io.jvs.checks.CheckTable;
import io.jvs.checks.RealServers;
import io.jvs.checks.ServerProcess;
import io.jvs.checks.tls.TlsSettings;
import io.jvs.health.CheckResult;
import io.jvs.testkit.FreeAddresses;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Redis and memcached. */
class CacheTest {
  private static final CheckTable TABLE = new CheckTable();

  private final Path directory;

  CacheTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @AfterAll
  static void print() {
    TABLE.close();
  }

  @Test
  void redis_answers_with_and_without_password_and_tls() throws Exception {
    RealServers.need("redis-server", "redis-server");
    Certificates certificates = new Certificates(directory);
    Certificates.Issued own = certificates.issue("redis", "ip:127.0.0.1");
    TlsSettings tls = TlsSettings.DEFAULT.trusting(certificates.authority());
    InetSocketAddress open = FreeAddresses.tcp();
    InetSocketAddress wrapped = FreeAddresses.tcp();
    InetSocketAddress locked = FreeAddresses.tcp();
    try (ServerProcess one =
            redis(
                open,
                Map.of(
                    "tls-port", Integer.toString(wrapped.getPort()),
                    "tls-cert-file", own.certificate().toString(),
                    "tls-key-file", own.key().toString(),
                    "tls-ca-cert-file", certificates.authority().toString(),
                    "tls-auth-clients", "no"));
        ServerProcess other = redis(locked, Map.of("requirepass", "s e\tcret"))) {
      one.awaitListening(open).awaitListening(wrapped);
      other.awaitListening(locked);
      CheckResult passed = CheckResult.passed("'+PONG'");
      assertThat(TABLE.run(Dialogues.redis(null, null, Encryption.none()), "redis", open))
          .isEqualTo(passed);
      assertThat(
              TABLE.run(
                  Dialogues.redis(null, null, new Encryption.Implicit(tls)), "redis, TLS", wrapped))
          .isEqualTo(passed);
      assertThat(
              TABLE.run(
                  Dialogues.redis(null, "s e\tcret", Encryption.none()), "redis, AUTH", locked))
          .isEqualTo(CheckResult.passed("'+OK'"));
      assertThat(
              TABLE
                  .run(
                      Dialogues.redis("default", "s e\tcret", Encryption.none()),
                      "redis, AUTH with user",
                      locked)
                  .passed())
          .isTrue();
      assertThat(
              TABLE.run(
                  Dialogues.redis(null, null, Encryption.none()), "redis, no password", locked))
          .isEqualTo(
              CheckResult.failed(
                  "expected an answer to PING like '^\\+PONG', got '-NOAUTH Authentication"
                      + " required.'"));
      assertThat(
              TABLE
                  .run(
                      Dialogues.redis(null, "guess", Encryption.none()),
                      "redis, wrong password",
                      locked)
                  .detail())
          .startsWith("expected an answer to AUTH like '^\\+OK', got '-WRONGPASS ")
          .doesNotContain("guess");
    }
  }

  @Test
  void memcached_answers() throws Exception {
    RealServers.need("memcached", "memcached");
    InetSocketAddress address = FreeAddresses.tcp();
    try (ServerProcess server =
        ServerProcess.start(
            directory,
            "memcached",
            "-l",
            "127.0.0.1",
            "-p",
            Integer.toString(address.getPort()),
            "-U",
            "0",
            "-u",
            System.getProperty("user.name"))) {
      server.awaitListening(address);
      assertThat(TABLE.run(Dialogues.memcached(Encryption.none()), "memcached", address).detail())
          .startsWith("'VERSION 1.");
      assertThat(
              TABLE.run(
                  Dialogues.redis(null, null, Encryption.none()),
                  "memcached instead of redis",
                  address))
          .isEqualTo(CheckResult.failed("expected an answer to PING like '^\\+PONG', got 'ERROR'"));
    }
  }

  private ServerProcess redis(InetSocketAddress address, Map<String, String> settings)
      throws Exception {
    Path home = Files.createTempDirectory(directory, "redis");
    StringBuilder text = new StringBuilder("bind 127.0.0.1\nsave \"\"\ndaemonize no\n");
    text.append("port ").append(address.getPort()).append("\ndir ").append(home).append('\n');
    settings.forEach(
        (key, value) ->
            text.append(key).append(" \"").append(value.replace("\t", "\\t")).append("\"\n"));
    Path configuration = Files.writeString(home.resolve("redis.conf"), text);
    return ServerProcess.start(home, "redis-server", configuration.toString());
  }
}
