package io.jvs.checks.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PemFileTest {
  @Test
  void random_files_give_reasons_and_no_other_exceptions(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("random.pem");
    Random random = new Random(11);
    for (int i = 0; i < 500; i++) {
      byte[] bytes = new byte[1 + random.nextInt(300)];
      random.nextBytes(bytes);
      if (i % 2 == 0) {
        Files.write(file, bytes);
      } else {
        bytes[0] = 0x30; // as DER begins
        String label = i % 4 == 1 ? "CERTIFICATE" : "PRIVATE KEY";
        String base64 = Base64.getMimeEncoder().encodeToString(bytes);
        Files.writeString(
            file, "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n");
      }
      PemFile pem = PemFile.read(file);
      assertThat(reason(pem::certificates)).startsWith(file + ": ");
      assertThat(reason(pem::key)).startsWith(file + ": ");
    }
  }

  private interface Reading {
    Object read() throws TlsException;
  }

  private static String reason(Reading reading) {
    try {
      return "read: " + reading.read();
    } catch (TlsException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
