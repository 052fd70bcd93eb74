package io.jvs.checks.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jvs.checks.Certificates;
import io.jvs.model.SocketAddresses;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SNIHostName;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsSettingsTest {
  private static final TlsSettings DEFAULT = TlsSettings.DEFAULT;
  private static final InetSocketAddress SERVER = SocketAddresses.parse("192.0.2.7:443");

  private final Path directory;

  TlsSettingsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private static void refused(ThrowingCallable wrong, String message) {
    assertThatThrownBy(wrong).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  private static void unusable(TlsSettings settings, String message) {
    assertThatThrownBy(settings::context).isInstanceOf(TlsException.class).hasMessage(message);
  }

  private Path write(String name, String text) throws Exception {
    return Files.writeString(directory.resolve(name), text);
  }

  @Test
  void wrong_settings_are_refused() {
    Path pem = Path.of("a.pem");
    refused(
        () -> new TlsSettings(true, null, pem, null, null, Duration.ZERO),
        "tls certificate a.pem without a key (expected: both or none)");
    refused(
        () -> new TlsSettings(true, null, null, pem, null, Duration.ZERO),
        "tls key a.pem without a certificate (expected: both or none)");
    for (String name : List.of("", "a b", "a..b", "1.2.3.4.5:x", "-\u0000")) {
      refused(
          () -> DEFAULT.serverName(name),
          "tls server name '" + name + "' (expected: a host name or an IP address)");
    }
    refused(
        () -> DEFAULT.warnBefore(Duration.ofDays(-1)),
        "tls expiry warning -1d (expected: 0s, which is never, to 3650d)");
  }

  @Test
  void addresses_are_expected_but_not_asked_for() {
    assertThat(DEFAULT.parameters(SERVER, List.of()).getServerNames()).isNull();
    assertThat(DEFAULT.serverName("2001:db8::1").parameters(SERVER, List.of()).getServerNames())
        .isNull();
    assertThat(DEFAULT.serverName("web.example").parameters(SERVER, List.of()).getServerNames())
        .containsExactly(new SNIHostName("web.example"));
    assertThat(DEFAULT.nameFor(SERVER)).isEqualTo("192.0.2.7");
  }

  @Test
  void two_connections_never_share_a_session() throws Exception {
    assertThat(DEFAULT.engine(SERVER, List.of()).getPeerPort())
        .isNotEqualTo(DEFAULT.engine(SERVER, List.of()).getPeerPort());
  }

  @Test
  void wrong_files_are_told_with_the_way_out() throws Exception {
    Path none = directory.resolve("none.pem");
    unusable(DEFAULT.trusting(none), none + ": no such file (expected: a PEM file)");
    Path empty = write("empty.pem", "nothing\n");
    unusable(
        DEFAULT.trusting(empty),
        empty + ": no certificate in it (expected: PEM, -----BEGIN CERTIFICATE-----)");
    Path broken = write("broken.pem", block("CERTIFICATE", "AAAA"));
    assertThatThrownBy(DEFAULT.trusting(broken)::context)
        .isInstanceOf(TlsException.class)
        .hasMessageStartingWith(broken + ": certificate 1 cannot be read: ");
    Path cut = write("cut.pem", block("CERTIFICATE", "AAAAA"));
    assertThatThrownBy(DEFAULT.trusting(cut)::context)
        .isInstanceOf(TlsException.class)
        .hasMessageStartingWith(cut + ": CERTIFICATE is not Base64: ");
    assertThatThrownBy(DEFAULT.trusting(directory)::context)
        .isInstanceOf(TlsException.class)
        .hasMessageStartingWith(directory + ": cannot be read: ");
  }

  @Test
  void wrong_keys_are_told_with_the_way_out() throws Exception {
    Certificates certificates = new Certificates(directory);
    Certificates.Issued own = certificates.issue("own", "dns:own.example");
    Certificates.Issued other = certificates.issue("other", "dns:other.example");
    unusable(
        DEFAULT.presenting(own.certificate(), own.certificate()),
        own.certificate() + ": no private key in it (expected: PEM, -----BEGIN PRIVATE KEY-----)");
    Path old = write("old.key", block("RSA PRIVATE KEY", "AAAA"));
    unusable(
        DEFAULT.presenting(own.certificate(), old),
        old
            + ": RSA PRIVATE KEY (expected: PRIVATE KEY, which is unencrypted PKCS#8; 'openssl"
            + " pkcs8 -topk8 -nocrypt' makes one of it)");
    Path broken = write("broken.key", block("PRIVATE KEY", "AAAA"));
    unusable(
        DEFAULT.presenting(own.certificate(), broken),
        broken
            + ": the private key cannot be read (expected: one of [RSA, EC, EdDSA, RSASSA-PSS])");
    unusable(
        DEFAULT.presenting(own.certificate(), other.key()),
        other.key()
            + ": not the key of the certificate in "
            + own.certificate()
            + " (expected: the key of CN=own, the first certificate there)");
  }

  @Test
  void one_file_may_hold_certificate_key_and_text() throws Exception {
    Certificates.Issued own = new Certificates(directory).issue("own", "dns:own.example");
    Path both =
        write(
            "both.pem",
            "Subject: own\n" + Files.readString(own.key()) + Files.readString(own.certificate()));
    assertThat(DEFAULT.presenting(both, both).context()).isNotNull();
  }

  private static String block(String label, String base64) {
    return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
  }
}
