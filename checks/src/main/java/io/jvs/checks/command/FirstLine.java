package io.jvs.checks.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** The beginning of a program's output. Fetched from several threads, one at a time. */
final class FirstLine {
  private static final int MAX_BYTES = 4096;
  private static final int MAX_SHOWN = 200;

  /** What is fetched at once at most, so that a program that prints fast keeps nobody for long. */
  private static final int MAX_FETCH = 1 << 20;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Takes what is there, without waiting for more. */
  synchronized void fetch(InputStream in) {
    try {
      byte[] buffer = new byte[8192];
      int fetched = 0;
      for (int there = in.available(); there > 0 && fetched < MAX_FETCH; there = in.available()) {
        int count = in.read(buffer, 0, Math.min(there, buffer.length));
        if (count < 0) {
          return;
        }
        fetched += count;
        bytes.write(buffer, 0, Math.min(count, MAX_BYTES - bytes.size()));
      }
    } catch (IOException e) {
      // Closed: the attempt is over.
    }
  }

  /** On one line, without control characters; empty if nothing was printed. */
  synchronized String text() {
    String line = bytes.toString(StandardCharsets.UTF_8).lines().findFirst().orElse("").strip();
    String plain = line.replaceAll("\\p{Cntrl}", "?");
    return plain.length() <= MAX_SHOWN ? plain : plain.substring(0, MAX_SHOWN) + "…";
  }
}
