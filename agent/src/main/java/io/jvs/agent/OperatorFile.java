package io.jvs.agent;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Words of the administrator in a file: {@code touch FILE} drains the server, removing the file
 * brings it back. Its first line may say something else, such as {@code maint} or {@code down #disk
 * full}.
 */
final class OperatorFile {
  private static final Answer DRAIN = Answer.NOTHING.admin(Answer.Admin.DRAIN);

  private final Path file;

  OperatorFile(Path file) {
    this.file = file;
  }

  /**
   * What it says now; {@code ready} if there is none.
   *
   * @throws IOException if it is there, but says nothing that can be understood
   */
  Answer read() throws IOException {
    try {
      String line = Files.readString(file).lines().findFirst().orElse("").strip();
      return line.isEmpty() ? DRAIN : Answer.parse(line);
    } catch (NoSuchFileException e) {
      return Answer.NOTHING.admin(Answer.Admin.READY);
    } catch (IllegalArgumentException | MalformedInputException e) {
      throw new IOException(this + ": " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return "operator file " + file;
  }
}
