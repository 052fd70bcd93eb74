package io.jvs.checks.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** Contexts by their settings: making one reads files and takes milliseconds, so they are kept. */
final class TlsContexts {
  private static final int KEPT = 256;

  /** The least recently used one goes; guarded by itself, for the moment of a look only. */
  private static final Map<TlsSettings, Made> ALL =
      new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<TlsSettings, Made> eldest) {
          return size() > KEPT;
        }
      };

  private TlsContexts() {}

  /** A context, and how the files looked that it was made from. */
  private record Made(SSLContext context, List<String> files) {}

  static SSLContext of(TlsSettings wanted) throws TlsException {
    // Neither the name nor the time of warning is in a context: thousands of names share one.
    TlsSettings settings =
        new TlsSettings(
            wanted.verify(),
            wanted.trust(),
            wanted.certificate(),
            wanted.key(),
            null,
            TlsSettings.DEFAULT.expiryWarning());
    List<String> files = stamps(settings);
    synchronized (ALL) {
      Made made = ALL.get(settings);
      if (made != null && made.files().equals(files)) {
        return made.context();
      }
    }
    SSLContext context = make(settings); // perhaps by two at once, who make the same
    synchronized (ALL) {
      ALL.put(settings, new Made(context, files));
    }
    return context;
  }

  /** Size, time and inode: a renewed certificate is usually a new file under the old name. */
  private static List<String> stamps(TlsSettings settings) {
    List<String> stamps = new ArrayList<>();
    for (Path file : files(settings)) {
      try {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        stamps.add(now.size() + " " + now.lastModifiedTime() + " " + now.fileKey());
      } catch (IOException e) { // reading it will tell why
        stamps.add("unreadable");
      }
    }
    return stamps;
  }

  private static List<Path> files(TlsSettings settings) {
    List<Path> files = new ArrayList<>();
    for (@Nullable Path file :
        new @Nullable Path[] {settings.trust(), settings.certificate(), settings.key()}) {
      if (file != null) {
        files.add(file);
      }
    }
    return files;
  }

  private static SSLContext make(TlsSettings settings) throws TlsException {
    Path certificate = settings.certificate();
    ClientCertificate own =
        certificate == null
            ? ClientCertificate.none()
            : ClientCertificate.read(certificate, Objects.requireNonNull(settings.key()));
    TrustManager trust =
        settings.verify() ? ServerTrust.of(settings.trust()) : new UncheckedTrust();
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {own}, new TrustManager[] {trust}, null);
      context.getClientSessionContext().setSessionCacheSize(1); // none is ever resumed
      return context;
    } catch (GeneralSecurityException e) {
      throw new TlsException("TLS is not to be had from this JDK: " + e.getMessage(), e);
    }
  }
}
