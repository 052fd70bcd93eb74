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

/** IMAP and POP3 of a dovecot of our own. */
class MailboxTest {
  private static final CheckTable TABLE = new CheckTable();
  private static final InetSocketAddress IMAP = FreeAddresses.tcp();
  private static final InetSocketAddress IMAPS = FreeAddresses.tcp();
  private static final InetSocketAddress POP3 = FreeAddresses.tcp();
  private static final InetSocketAddress POP3S = FreeAddresses.tcp();
  private static final Login MONITOR = new Login("monitor", "a \"quoted\" \\secret");

  private static TlsSettings tls = TlsSettings.DEFAULT;
  private static @Nullable ServerProcess dovecot;

  @BeforeAll
  static void start(@TempDir Path directory) throws Exception {
    RealServers.need("dovecot", "dovecot-imapd dovecot-pop3d");
    RealServers.needRoot("dovecot");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Certificates certificates = new Certificates(directory);
    Certificates.Issued own = certificates.issue("mail", "dns:mail.example");
    tls = TlsSettings.DEFAULT.trusting(certificates.authority()).serverName("mail.example");
    Files.writeString(
        directory.resolve("users"), "monitor:{PLAIN}" + MONITOR.password() + "::::::\n");
    Path configuration = directory.resolve("dovecot.conf");
    Files.writeString(
        configuration,
        """
        base_dir = %1$s/run
        state_dir = %1$s/state
        log_path = %1$s/dovecot.log
        protocols = imap pop3
        listen = 127.0.0.1
        mail_location = maildir:%1$s/mail/%%u
        first_valid_uid = 1
        auth_failure_delay = 0
        disable_plaintext_auth = no
        auth_mechanisms = plain login
        ssl = yes
        ssl_cert = <%2$s
        ssl_key = <%3$s
        login_greeting = mail.example ready
        default_login_user = dovenull
        default_internal_user = dovecot
        service imap-login {
          chroot =
          inet_listener imap {
            port = %4$d
          }
          inet_listener imaps {
            port = %5$d
          }
        }
        service pop3-login {
          chroot =
          inet_listener pop3 {
            port = %6$d
          }
          inet_listener pop3s {
            port = %7$d
          }
        }
        service anvil {
          chroot =
        }
        service stats {
          chroot =
        }
        passdb {
          driver = passwd-file
          args = %1$s/users
        }
        userdb {
          driver = static
          args = uid=dovecot gid=dovecot home=%1$s/mail/%%u
        }
        """
            .formatted(
                directory,
                own.certificate(),
                own.key(),
                IMAP.getPort(),
                IMAPS.getPort(),
                POP3.getPort(),
                POP3S.getPort()));
    Path mail = Files.createDirectory(directory.resolve("mail"));
    Files.setOwner(
        mail,
        mail.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("dovecot"));
    dovecot = ServerProcess.start(directory, "dovecot", "-F", "-c", configuration.toString());
    dovecot.awaitListening(IMAP);
    dovecot.awaitListening(POP3);
  }

  @AfterAll
  static void stop() throws Exception {
    TABLE.close();
    if (dovecot != null) {
      dovecot.close();
    }
  }

  private static CheckResult check(DialogueCheck check, String against, InetSocketAddress server)
      throws Exception {
    return TABLE.run(check, against, server);
  }

  @Test
  void imap_answers_with_and_without_login_and_tls() throws Exception {
    for (Login login : Arrays.asList(null, MONITOR)) {
      String with = "dovecot" + (login == null ? "" : " with login");
      assertThat(check(Dialogues.imap(login, Encryption.none()), with, IMAP).detail())
          .startsWith("'* OK [CAPABILITY IMAP4rev1 ");
      assertThat(
              check(Dialogues.imap(login, new Encryption.StartTls(tls)), with + ", STARTTLS", IMAP)
                  .passed())
          .isTrue();
      assertThat(
              check(Dialogues.imap(login, new Encryption.Implicit(tls)), with + ", TLS", IMAPS)
                  .passed())
          .isTrue();
    }
  }

  @Test
  void pop3_answers_with_and_without_login_and_tls() throws Exception {
    for (Login login : Arrays.asList(null, MONITOR)) {
      String with = "dovecot" + (login == null ? "" : " with login");
      assertThat(check(Dialogues.pop3(login, Encryption.none()), with, POP3))
          .isEqualTo(CheckResult.passed("'+OK mail.example ready'"));
      assertThat(
              check(Dialogues.pop3(login, new Encryption.StartTls(tls)), with + ", STLS", POP3)
                  .passed())
          .isTrue();
      assertThat(
              check(Dialogues.pop3(login, new Encryption.Implicit(tls)), with + ", TLS", POP3S)
                  .passed())
          .isTrue();
    }
  }

  @Test
  void a_wrong_password_is_told_and_not_shown() throws Exception {
    Login wrong = new Login("monitor", "guess");
    assertThat(
            check(Dialogues.imap(wrong, Encryption.none()), "dovecot, wrong password", IMAP)
                .detail())
        .startsWith(
            "expected an answer to LOGIN like '^a2 OK\\b', got 'a2 NO [AUTHENTICATIONFAILED]")
        .doesNotContain("guess");
    assertThat(
            check(Dialogues.pop3(wrong, Encryption.none()), "dovecot, wrong password", POP3)
                .detail())
        .startsWith("expected an answer to PASS like '^\\+OK', got '-ERR [AUTH]")
        .doesNotContain("guess");
  }
}
