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
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A postfix of our own. */
class SmtpTest {
  private static final CheckTable TABLE = new CheckTable();
  private static final InetSocketAddress PLAIN = FreeAddresses.tcp();
  private static final InetSocketAddress WRAPPED = FreeAddresses.tcp();
  private static final InetSocketAddress REFUSING = FreeAddresses.tcp();

  private static TlsSettings tls = TlsSettings.DEFAULT;
  private static Path log = Path.of("");
  private static @Nullable ServerProcess postfix;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    RealServers.need("postfix", "postfix");
    RealServers.needRoot("postfix");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Certificates certificates = new Certificates(directory);
    Certificates.Issued own = certificates.issue("mail", "dns:mail.example,ip:127.0.0.1");
    tls = TlsSettings.DEFAULT.trusting(certificates.authority()).serverName("mail.example");
    Path configuration = Files.createDirectory(directory.resolve("etc"));
    log = directory.resolve("mail.log");
    Files.createDirectory(directory.resolve("queue"));
    Files.writeString(
        configuration.resolve("main.cf"),
        """
        compatibility_level = 3.6
        queue_directory = %1$s/queue
        data_directory = %1$s/data
        maillog_file = %1$s/mail.log
        maillog_file_prefixes = %1$s
        command_directory = /usr/sbin
        daemon_directory = /usr/lib/postfix/sbin
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        myhostname = mail.example
        mydestination =
        smtpd_tls_cert_file = %2$s
        smtpd_tls_key_file = %3$s
        smtpd_tls_security_level = may
        """
            .formatted(directory, own.certificate(), own.key()));
    Files.writeString(
        configuration.resolve("master.cf"),
        """
        127.0.0.1:%d inet n - n - - smtpd
        127.0.0.1:%d inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
        127.0.0.1:%d inet n - n - - smtpd
          -o smtpd_client_restrictions=reject -o smtpd_delay_reject=no
        cleanup   unix n - n - 0 cleanup
        rewrite   unix - - n - - trivial-rewrite
        anvil     unix - - n - 1 anvil
        tlsmgr    unix - - n 1000? 1 tlsmgr
        proxymap  unix - - n - - proxymap
        postlog   unix-dgram n - n - 1 postlogd
        """
            .formatted(PLAIN.getPort(), WRAPPED.getPort(), REFUSING.getPort()));
    Path data = Files.createDirectory(directory.resolve("data"));
    Files.setOwner(
        data,
        data.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postfix"));
    postfix = ServerProcess.start(directory, "postfix", "-c", configuration.toString(), "start-fg");
    postfix.awaitListening(PLAIN);
    postfix.awaitListening(WRAPPED);
    postfix.awaitListening(REFUSING);
  }

  @AfterAll
  static void stop() throws Exception {
    TABLE.close();
    if (postfix != null) {
      postfix.close();
    }
  }

  private static CheckResult check(Encryption encryption, String against, InetSocketAddress server)
      throws Exception {
    return TABLE.run(Dialogues.smtp("director.example", encryption), against, server);
  }

  @Test
  void postfix_answers_in_plain_text_and_in_both_kinds_of_tls() throws Exception {
    CheckResult passed = CheckResult.passed("'220 mail.example ESMTP Postfix'");
    assertThat(check(Encryption.none(), "postfix", PLAIN)).isEqualTo(passed);
    assertThat(check(new Encryption.StartTls(tls), "postfix, STARTTLS", PLAIN)).isEqualTo(passed);
    assertThat(check(new Encryption.Implicit(tls), "postfix, TLS", WRAPPED)).isEqualTo(passed);
    awaitLogged(" ehlo=1 quit=1 commands=2"); // and not: lost connection after EHLO
    awaitLogged(" ehlo=2 starttls=1 quit=1 commands=4");
  }

  private static void awaitLogged(String end) throws Exception {
    long deadline = System.nanoTime() + CheckTable.PATIENCE.toNanos();
    while (Files.readString(log).lines().noneMatch(line -> line.endsWith(end))) {
      assertThat(System.nanoTime()).as(Files.readString(log)).isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void a_certificate_for_another_name_is_told() throws Exception {
    assertThat(
            check(
                new Encryption.StartTls(tls.serverName("shop.example")),
                "postfix, other name",
                PLAIN))
        .isEqualTo(
            CheckResult.failed("certificate is for mail.example, 127.0.0.1, not shop.example"));
  }

  @Test
  void a_refusal_is_told_in_the_words_of_the_server() throws Exception {
    assertThat(check(Encryption.none(), "postfix that refuses clients", REFUSING).detail())
        .startsWith("expected a greeting like '^220 ', got '554 5.7.1 <")
        .contains("Client host rejected");
  }

  @Test
  void tls_on_a_plain_port_is_told() throws Exception {
    assertThat(check(new Encryption.Implicit(tls), "postfix, TLS at the plain port", PLAIN))
        .isEqualTo(
            CheckResult.failed("not TLS: the server answered '220 mail.example ESMTP Postfix'"));
  }
}
