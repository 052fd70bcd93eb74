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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A vsftpd of our own. */
class FtpTest {
  private static final CheckTable TABLE = new CheckTable();
  private static final InetSocketAddress PLAIN = FreeAddresses.tcp();
  private static final InetSocketAddress WRAPPED = FreeAddresses.tcp();

  private static TlsSettings tls = TlsSettings.DEFAULT;
  private static @Nullable ServerProcess plain;
  private static @Nullable ServerProcess wrapped;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    RealServers.need("vsftpd", "vsftpd");
    RealServers.needRoot("vsftpd");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Certificates certificates = new Certificates(directory);
    Certificates.Issued own = certificates.issue("ftp", "dns:ftp.example");
    tls = TlsSettings.DEFAULT.trusting(certificates.authority()).serverName("ftp.example");
    plain = start(directory, "plain", PLAIN, own, "NO");
    wrapped = start(directory, "wrapped", WRAPPED, own, "YES");
  }

  private static ServerProcess start(
      Path directory,
      String name,
      InetSocketAddress address,
      Certificates.Issued own,
      String implicit)
      throws Exception {
    Path home = Files.createDirectory(directory.resolve(name));
    Files.createDirectory(home.resolve("empty"));
    Path files = Files.createDirectory(home.resolve("files"));
    Files.setPosixFilePermissions(files, PosixFilePermissions.fromString("r-xr-xr-x"));
    Path configuration = home.resolve("vsftpd.conf");
    Files.writeString(
        configuration,
        """
        listen=YES
        listen_address=127.0.0.1
        listen_port=%2$d
        background=NO
        anonymous_enable=YES
        local_enable=NO
        anon_root=%1$s/files
        secure_chroot_dir=%1$s/empty
        ftpd_banner=ftp.example ready
        ssl_enable=YES
        allow_anon_ssl=YES
        implicit_ssl=%3$s
        rsa_cert_file=%4$s
        rsa_private_key_file=%5$s
        ssl_ciphers=HIGH
        isolate=NO
        isolate_network=NO
        seccomp_sandbox=NO
        """
            .formatted(home, address.getPort(), implicit, own.certificate(), own.key()));
    return ServerProcess.start(home, "vsftpd", configuration.toString()).awaitListening(address);
  }

  @AfterAll
  static void stop() throws Exception {
    TABLE.close();
    for (ServerProcess server : Arrays.asList(plain, wrapped)) {
      if (server != null) {
        server.close();
      }
    }
  }

  @Test
  void vsftpd_answers_with_and_without_login_and_tls() throws Exception {
    CheckResult passed = CheckResult.passed("'220 ftp.example ready'");
    assertThat(TABLE.run(Dialogues.ftp(null, Encryption.none()), "vsftpd", PLAIN))
        .isEqualTo(passed);
    assertThat(
            TABLE.run(
                Dialogues.ftp(Login.ANONYMOUS, Encryption.none()), "vsftpd, anonymous", PLAIN))
        .isEqualTo(passed);
    assertThat(
            TABLE.run(Dialogues.ftp(null, new Encryption.StartTls(tls)), "vsftpd, AUTH TLS", PLAIN))
        .isEqualTo(passed);
    assertThat(TABLE.run(Dialogues.ftp(null, new Encryption.Implicit(tls)), "vsftpd, TLS", WRAPPED))
        .isEqualTo(passed);
  }

  @Test
  void a_login_that_is_refused_is_told() throws Exception {
    assertThat(
            TABLE
                .run(
                    Dialogues.ftp(new Login("root", "guess"), Encryption.none()),
                    "vsftpd, no such login",
                    PLAIN)
                .detail())
        .startsWith("expected an answer to USER like '^(331|230) ', got '530 ");
  }
}
