package io.jvs.launcher.configuration;

import io.jvs.checks.file.FileCheck;
import io.jvs.checks.file.FileCheck.Meaning;
import io.jvs.model.HealthCheck;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads {@code check: file}. */
final class FileCheckReader {
  static final CheckReader READER =
      new CheckReader("file", List.of("path", "meaning", "factor"), FileCheckReader::read);

  private FileCheckReader() {}

  private static @Nullable HealthCheck read(Fields fields, Value place) {
    int before = place.problemsSoFar();
    Value pathValue = fields.required("path", "the path of a file");
    Value meaningValue = fields.get("meaning");
    Value factorValue = fields.get("factor");
    Path path = pathValue == null ? null : pathValue.path("the path of a file");
    String word =
        meaningValue == null
            ? "status"
            : meaningValue.word(List.of("status", "weight", "change"), "what the number says");
    int factor =
        factorValue == null
            ? 1
            : factorValue.wholeNumber(FileCheck.MIN_FACTOR, FileCheck.MAX_FACTOR, 1, ", not 0");
    if (path == null || word == null || place.problemsSoFar() > before) {
      return null;
    }
    Meaning meaning = Meaning.valueOf(word.toUpperCase(Locale.ROOT));
    return (factorValue == null ? place : factorValue)
        .checked(() -> new FileCheck(path, meaning, factor));
  }
}
