package io.jvs.checks.tls;

import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificate that a check shows, or none. It goes to every server that asks, also if the
 * server names other authorities: then the server says what it thinks of it, which is what a check
 * is for.
 */
final class ClientCertificate extends X509ExtendedKeyManager {
  private static final String ALIAS = "check";
  private static final String ASKED = "io.jvs.checks.tls.asked";

  private final X509Certificate @Nullable [] chain;
  private final @Nullable PrivateKey key;

  private ClientCertificate(X509Certificate @Nullable [] chain, @Nullable PrivateKey key) {
    this.chain = chain;
    this.key = key;
  }

  static ClientCertificate none() {
    return new ClientCertificate(null, null);
  }

  static ClientCertificate read(Path chainFile, Path keyFile) throws TlsException {
    List<X509Certificate> chain = PemFile.read(chainFile).certificates();
    PrivateKey key = PemFile.read(keyFile).key();
    if (!belong(chain.get(0), key)) {
      throw new TlsException(
          keyFile
              + ": not the key of the certificate in "
              + chainFile
              + " (expected: the key of "
              + chain.get(0).getSubjectX500Principal()
              + ", the first certificate there)");
    }
    return new ClientCertificate(chain.toArray(X509Certificate[]::new), key);
  }

  /** Whether the server has asked for a certificate in the handshake of this session. */
  static boolean wasAsked(SSLSession session) {
    return session.getValue(ASKED) != null;
  }

  /** What one signs, the other must accept: JSSE would find out only from the server's alert. */
  private static boolean belong(X509Certificate certificate, PrivateKey key) {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
          case "RSA" -> "SHA256withRSA";
          default -> "";
        };
    if (algorithm.isEmpty()) {
      return true; // no signature to try it with; the server will tell
    }
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update((byte) 1);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update((byte) 1);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) { // not even of one algorithm
      return false;
    }
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, SSLEngine engine) {
    SSLSession session = engine.getHandshakeSession();
    if (session != null) {
      session.putValue(ASKED, true);
    }
    if (key == null) {
      return null;
    }
    // JSSE asks once per kind of key; an answer for a kind that ours is not would break the
    // handshake.
    Set<String> kinds = Set.of(keyTypes);
    boolean fits =
        switch (key.getAlgorithm()) {
          case "EdDSA", "Ed25519", "Ed448" ->
              kinds.contains("EdDSA") || kinds.contains("Ed25519") || kinds.contains("Ed448");
          default -> kinds.contains(key.getAlgorithm());
        };
    return fits ? ALIAS : null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null; // checks use engines only
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return chain == null ? null : chain.clone();
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return key;
  }

  @Override
  public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return key == null ? new String[0] : new String[] {ALIAS};
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
