package io.jvs.checks.tls;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's judgement of certificates with reasons that people can act on. It is never milder than
 * the JDK, and once stricter: a certificate that is itself in the trust file must be in date too.
 */
final class ServerTrust extends X509ExtendedTrustManager {
  private final X509ExtendedTrustManager jdk;

  private ServerTrust(X509ExtendedTrustManager jdk) {
    this.jdk = jdk;
  }

  /**
   * @param file PEM file with the certificates to trust, or null for the JDK's
   */
  static ServerTrust of(@Nullable Path file) throws TlsException {
    try {
      KeyStore store = file == null ? null : store(file);
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      for (TrustManager each : factory.getTrustManagers()) {
        if (each instanceof X509ExtendedTrustManager found) {
          return new ServerTrust(found);
        }
      }
      throw new TlsException("this JDK has no trust manager for X.509 certificates");
    } catch (GeneralSecurityException e) {
      throw new TlsException(
          (file == null ? "the JDK's trusted certificates" : file.toString())
              + ": cannot be used: "
              + e.getMessage(),
          e);
    }
  }

  private static KeyStore store(Path file) throws TlsException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    try {
      store.load(null, null); // empty
    } catch (IOException e) {
      throw new GeneralSecurityException(e);
    }
    for (X509Certificate certificate : PemFile.read(file).certificates()) {
      store.setCertificateEntry(Integer.toString(store.size()), certificate);
    }
    return store;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    String dated = CertificateDates.objection(chain[0], Instant.now());
    if (dated != null) {
      throw new CertificateProblem(dated, null);
    }
    try {
      jdk.checkServerTrusted(chain, authType, engine);
    } catch (CertificateException e) {
      throw new CertificateProblem(
          CertificateProblem.reason(chain, e, String.valueOf(engine.getPeerHost())), e);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("checks use engines only");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("checks use engines only");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("checks are clients");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("checks are clients");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("checks are clients");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return jdk.getAcceptedIssuers();
  }
}
