package io.jvs.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * How a command ended.
 *
 * @param status its exit status; 128+N if signal N ended it
 * @param output what it wrote
 */
public record Outcome(int status, String output) {
  /** Waits for the end of a process whose standard error goes where its output goes. */
  static Outcome of(Process process) {
    try (InputStream stream = process.getInputStream()) {
      process.getOutputStream().close();
      String output = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      return new Outcome(process.waitFor(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a command", e);
    } finally {
      process.destroy();
    }
  }
}
