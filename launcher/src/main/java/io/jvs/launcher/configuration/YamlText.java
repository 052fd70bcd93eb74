package io.jvs.launcher.configuration;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The characters of a file, or what keeps it from having any. */
final class YamlText {
  /** Enough for some hundred thousand real servers. */
  static final int MAX_BYTES = 32 * 1024 * 1024;

  private YamlText() {}

  /** The text, or null if that is a problem. */
  static @Nullable String read(Path file, Problems problems) {
    byte[] bytes;
    try {
      if (Files.isDirectory(file)) {
        problems.add("is a directory (expected: a YAML file)");
        return null;
      }
      if (Files.size(file) > MAX_BYTES) {
        problems.add(Files.size(file) + " bytes (expected: at most " + MAX_BYTES + ")");
        return null;
      }
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      problems.add("no such file (expected: a YAML file; see docs/configuration.md)");
      return null;
    } catch (AccessDeniedException e) {
      problems.add(
          "permission denied for user '"
              + System.getProperty("user.name")
              + "' (expected: a file that may be read)");
      return null;
    } catch (IOException e) {
      problems.add("cannot be read: " + e);
      return null;
    }
    return decode(bytes, problems);
  }

  private static @Nullable String decode(byte[] bytes, Problems problems) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    CharBuffer text = CharBuffer.allocate(bytes.length);
    ByteBuffer input = ByteBuffer.wrap(bytes);
    CoderResult result = decoder.decode(input, text, true);
    text.flip();
    if (result.isError()) {
      String before = text.toString();
      int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
      int column = before.length() - before.lastIndexOf('\n');
      problems.add(
          line,
          column,
          "",
          String.format("byte 0x%02X", bytes[input.position()])
              + " is not UTF-8 (expected: a file saved as UTF-8)");
      return null;
    }
    boolean byteOrderMark = text.length() > 0 && text.charAt(0) == '\uFEFF';
    return byteOrderMark ? text.subSequence(1, text.length()).toString() : text.toString();
  }
}
