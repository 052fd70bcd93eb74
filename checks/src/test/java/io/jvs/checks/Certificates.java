package io.jvs.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * An authority for tests, whose certificates are made by the JDK's keytool in a temporary directory
 * and written as PEM, as users have them.
 */
public final class Certificates {
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final Path directory;
  private final Path store;

  /** The certificate of the authority itself. */
  private final Path authority;

  public Certificates(Path directory) throws Exception {
    this.directory = directory;
    this.store = directory.resolve("certificates.p12");
    make("ca", List.of("-dname", "CN=Test Authority", "-ext", "bc:c", "-validity", "3650"));
    this.authority = pem("ca.pem", "CERTIFICATE", List.of(chain("ca")[0].getEncoded()));
  }

  /** A server's or client's certificate with its chain and key as PEM files. */
  public record Issued(Path certificate, Path key, SSLContext context) {}

  /** PEM file with the certificate of the authority. */
  public Path authority() {
    return authority;
  }

  /**
   * Signed by the authority.
   *
   * @param names such as {@code dns:web.example,ip:127.0.0.1}
   */
  public Issued issue(String alias, String names) throws Exception {
    return issue(alias, names, "-0d", 365);
  }

  /**
   * Signed by the authority, with its time.
   *
   * @param start as keytool takes it: {@code -10d}
   */
  public Issued issue(String alias, String names, String start, int days) throws Exception {
    make(
        alias,
        List.of(
            "-signer",
            "ca",
            "-dname",
            "CN=" + alias,
            "-ext",
            "san=" + names,
            "-startdate",
            start,
            "-validity",
            Integer.toString(days)));
    return issued(alias);
  }

  /** Signed by nobody but itself. */
  public Issued selfSigned(String alias, String names, String start, int days) throws Exception {
    make(
        alias,
        List.of(
            "-dname",
            "CN=" + alias,
            "-ext",
            "san=" + names,
            "-startdate",
            start,
            "-validity",
            Integer.toString(days)));
    return issued(alias);
  }

  private void make(String alias, List<String> arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                store.toString(),
                "-alias",
                alias));
    command.addAll(arguments);
    Path log = directory.resolve("keytool.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
  }

  private Issued issued(String alias) throws Exception {
    List<byte[]> chain = new ArrayList<>();
    for (Certificate each : chain(alias)) {
      chain.add(each.getEncoded());
    }
    byte[] key = load().getKey(alias, PASSWORD).getEncoded();
    return new Issued(
        pem(alias + ".pem", "CERTIFICATE", chain),
        pem(alias + ".key", "PRIVATE KEY", List.of(key)),
        context(alias));
  }

  private Certificate[] chain(String alias) throws GeneralSecurityException, IOException {
    return load().getCertificateChain(alias);
  }

  private KeyStore load() throws GeneralSecurityException, IOException {
    KeyStore loaded = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      loaded.load(in, PASSWORD);
    }
    return loaded;
  }

  /** A server's, which trusts the authority for clients. */
  private SSLContext context(String alias) throws GeneralSecurityException, IOException {
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    own.setKeyEntry(alias, load().getKey(alias, PASSWORD), PASSWORD, chain(alias));
    own.setCertificateEntry("authority", chain("ca")[0]);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, PASSWORD);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(own);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private Path pem(String name, String label, List<byte[]> blocks) throws IOException {
    StringBuilder out = new StringBuilder();
    Base64.Encoder encoder = Base64.getMimeEncoder(64, new byte[] {'\n'});
    for (byte[] each : blocks) {
      out.append("-----BEGIN ").append(label).append("-----\n");
      out.append(encoder.encodeToString(each));
      out.append("\n-----END ").append(label).append("-----\n");
    }
    return Files.writeString(directory.resolve(name), out, StandardCharsets.US_ASCII);
  }
}
