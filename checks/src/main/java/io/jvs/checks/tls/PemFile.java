package io.jvs.checks.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Certificates and keys in a file of RFC 7468 form. Other blocks and text between them are passed
 * over, so that one file may hold both, as haproxy's do.
 */
final class PemFile {
  private static final long MAX_BYTES = 4 << 20; // the whole Mozilla list is a twentieth of it

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END \\1-----");

  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

  private final Path file;
  private final String text;

  private PemFile(Path file, String text) {
    this.file = file;
    this.text = text;
  }

  static PemFile read(Path file) throws TlsException {
    try {
      long bytes = Files.size(file);
      if (bytes > MAX_BYTES) {
        throw new TlsException(
            file + ": " + bytes + " bytes (expected: a PEM file of at most 4 MB)");
      }
      return new PemFile(file, Files.readString(file, StandardCharsets.ISO_8859_1));
    } catch (NoSuchFileException e) {
      throw new TlsException(file + ": no such file (expected: a PEM file)", e);
    } catch (TlsException e) {
      throw e;
    } catch (IOException e) {
      throw new TlsException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** At least one. */
  List<X509Certificate> certificates() throws TlsException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Matcher block = BLOCK.matcher(text); block.find(); ) {
      if (block.group(1).equals("CERTIFICATE")) {
        certificates.add(certificate(decode(block), certificates.size() + 1));
      }
    }
    if (certificates.isEmpty()) {
      throw new TlsException(
          file + ": no certificate in it (expected: PEM, -----BEGIN CERTIFICATE-----)");
    }
    return certificates;
  }

  /** The first private key. */
  PrivateKey key() throws TlsException {
    for (Matcher block = BLOCK.matcher(text); block.find(); ) {
      String label = block.group(1);
      if (label.equals("PRIVATE KEY")) {
        return key(decode(block));
      }
      if (label.endsWith("PRIVATE KEY")) {
        throw new TlsException(
            file
                + ": "
                + label
                + " (expected: PRIVATE KEY, which is unencrypted PKCS#8; 'openssl pkcs8 -topk8"
                + " -nocrypt' makes one of it)");
      }
    }
    throw new TlsException(
        file + ": no private key in it (expected: PEM, -----BEGIN PRIVATE KEY-----)");
  }

  private byte[] decode(Matcher block) throws TlsException {
    try {
      return Base64.getMimeDecoder().decode(block.group(2));
    } catch (IllegalArgumentException e) {
      throw new TlsException(file + ": " + block.group(1) + " is not Base64: " + e.getMessage(), e);
    }
  }

  private X509Certificate certificate(byte[] der, int number) throws TlsException {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw new TlsException(
          file + ": certificate " + number + " cannot be read: " + e.getMessage(), e);
    }
  }

  private PrivateKey key(byte[] der) throws TlsException {
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (GeneralSecurityException e) {
        // Not of this kind; PKCS#8 says of which it is, but no key factory takes all.
      }
    }
    throw new TlsException(
        file + ": the private key cannot be read (expected: one of " + ALGORITHMS + ")");
  }
}
