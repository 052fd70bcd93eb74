package io.jvs.checks.tls;

import io.jvs.model.Durations;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * How a check speaks TLS, as data: files are named, not held. They are read when they are used, and
 * again when they have changed, so a renewed certificate needs no reload.
 *
 * @param verify whether the server's certificate must be valid, trusted, and for the expected name
 * @param trust PEM file with the certificates to trust, or null for those of the JDK
 * @param certificate PEM file with the client's own certificate chain, leaf first, or null for none
 * @param key PEM file with its private key, unencrypted PKCS#8, null if and only if there is no
 *     {@code certificate}; may be the same file
 * @param serverName the name to ask for (SNI, RFC 6066 section 3) and to expect in the certificate,
 *     or null for the name or address that the check goes to
 * @param expiryWarning how long before its end a certificate is warned about, 0 (never) to 3650
 *     days
 */
public record TlsSettings(
    boolean verify,
    @Nullable Path trust,
    @Nullable Path certificate,
    @Nullable Path key,
    @Nullable String serverName,
    Duration expiryWarning) {
  private static final Duration LONGEST_WARNING = Duration.ofDays(3650);
  private static final AtomicInteger CONNECTIONS = new AtomicInteger();

  /** Verified against the JDK's authorities, without a client certificate, warning for 14 days. */
  public static final TlsSettings DEFAULT =
      new TlsSettings(true, null, null, null, null, Duration.ofDays(14));

  public TlsSettings {
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException(
          certificate == null
              ? "tls key " + key + " without a certificate (expected: both or none)"
              : "tls certificate " + certificate + " without a key (expected: both or none)");
    }
    if (serverName != null && !ServerName.isValid(serverName)) {
      throw new IllegalArgumentException(
          "tls server name '" + serverName + "' (expected: a host name or an IP address)");
    }
    if (expiryWarning.isNegative() || expiryWarning.compareTo(LONGEST_WARNING) > 0) {
      throw new IllegalArgumentException(
          "tls expiry warning "
              + Durations.format(expiryWarning)
              + " (expected: 0s, which is never, to 3650d)");
    }
  }

  /** Takes any certificate; still warns when it expires. */
  public TlsSettings unverified() {
    return new TlsSettings(false, trust, certificate, key, serverName, expiryWarning);
  }

  /** Trusts the certificates of this PEM file instead of the JDK's. */
  public TlsSettings trusting(Path pem) {
    return new TlsSettings(verify, pem, certificate, key, serverName, expiryWarning);
  }

  /** Shows this certificate to servers that ask for one. */
  public TlsSettings presenting(Path chainPem, Path keyPem) {
    return new TlsSettings(verify, trust, chainPem, keyPem, serverName, expiryWarning);
  }

  /** Asks for this name, and expects it in the certificate. */
  public TlsSettings serverName(String name) {
    return new TlsSettings(verify, trust, certificate, key, name, expiryWarning);
  }

  /** Warns so long before the certificate ends. */
  public TlsSettings warnBefore(Duration time) {
    return new TlsSettings(verify, trust, certificate, key, serverName, time);
  }

  /**
   * The context for these settings, shared by all tries until a file changes. Blocks while it reads
   * files.
   *
   * @throws TlsException if a file cannot be used; the message names it and the way out
   */
  public SSLContext context() throws TlsException {
    return TlsContexts.of(this);
  }

  /**
   * What one connection to {@code server} asks for and expects.
   *
   * @param protocols for ALPN (RFC 7301), best first; none leaves the extension out
   */
  public SSLParameters parameters(InetSocketAddress server, List<String> protocols) {
    SSLParameters parameters = new SSLParameters();
    String name = nameFor(server);
    if (ServerName.isHostName(name)) {
      parameters.setServerNames(List.of(new SNIHostName(name)));
    }
    if (verify) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS"); // the rules of RFC 2818 section 3.1
    }
    if (!protocols.isEmpty()) {
      parameters.setApplicationProtocols(protocols.toArray(String[]::new));
    }
    return parameters;
  }

  /**
   * The client's end of one TLS connection to {@code server}. Blocks while it reads files.
   *
   * @param protocols for ALPN (RFC 7301), best first; none leaves the extension out
   * @throws TlsException if a file cannot be used; the message names it and the way out
   */
  public SSLEngine engine(InetSocketAddress server, List<String> protocols) throws TlsException {
    // The port only names the session to resume. A check wants a whole handshake each time, with
    // the
    // certificate that is there now, so no two connections have the same.
    SSLEngine engine = context().createSSLEngine(nameFor(server), CONNECTIONS.incrementAndGet());
    engine.setUseClientMode(true);
    engine.setSSLParameters(parameters(server, protocols));
    return engine;
  }

  /** The name that is asked for and expected at {@code server}; nobody is asked for it. */
  public String nameFor(InetSocketAddress server) {
    return serverName == null ? server.getHostString() : serverName;
  }

  /** {@code tls}, and what differs from the usual: {@code tls unverified as web.example}. */
  @Override
  public String toString() {
    return "tls"
        + (verify ? "" : " unverified")
        + (certificate == null ? "" : " with certificate " + certificate)
        + (serverName == null ? "" : " as " + serverName);
  }
}
