package io.jvs.checks.file;

import io.jvs.checks.Received;
import io.jvs.health.ActiveCheck;
import io.jvs.health.CheckAttempt;
import io.jvs.health.CheckResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;

/**
 * A whole number in a file decides; the file is read at each try. keepalived's {@code FILE_CHECK}
 * and {@code track_file}. A file that is missing, or has no number in it, is a failure.
 *
 * @param file its first {@value #MAX_BYTES} bytes are looked at; blanks around the number do not
 *     matter
 * @param meaning what the number says
 * @param factor for {@link Meaning#CHANGE}, how much weight one unit of the number is worth,
 *     {@value #MIN_FACTOR} to {@value #MAX_FACTOR} and not 0; negative is keepalived's {@code
 *     reverse}. 1 otherwise
 */
public record FileCheck(Path file, Meaning meaning, int factor) implements ActiveCheck {
  public static final int MAX_FACTOR = 65_535;
  public static final int MIN_FACTOR = -MAX_FACTOR;

  private static final int MAX_BYTES = 64;
  private static final int MAX_WEIGHT = 65_535;

  /** The largest int has ten digits; keepalived's values are ints. */
  private static final Pattern NUMBER = Pattern.compile("[+-]?\\d{1,10}");

  /** What the number says. */
  public enum Meaning {
    /** 0 is up, anything else is down: keepalived's, without a weight. */
    STATUS,
    /** It is the server's weight, 0 to 65535; anything else is a failure. */
    WEIGHT,
    /** Times the factor it is added to the configured weight, within 0 to 65535. */
    CHANGE
  }

  public FileCheck {
    if (meaning == Meaning.CHANGE
        ? factor == 0 || factor < MIN_FACTOR || factor > MAX_FACTOR
        : factor != 1) {
      throw new IllegalArgumentException(
          "file check factor "
              + factor
              + (meaning == Meaning.CHANGE
                  ? " (expected: " + MIN_FACTOR + " to " + MAX_FACTOR + ", not 0)"
                  : " (expected: 1, as the number is no change of weight)"));
    }
  }

  /** 0 in the file is up, anything else is down. */
  public static FileCheck status(Path file) {
    return new FileCheck(file, Meaning.STATUS, 1);
  }

  /** The number is the weight. */
  public static FileCheck weight(Path file) {
    return new FileCheck(file, Meaning.WEIGHT, 1);
  }

  @Override
  public String kind() {
    return "file";
  }

  @Override
  public CompletionStage<CheckResult> start(CheckAttempt attempt) {
    attempt.doing("reading " + file); // a file may be a pipe, or on a network
    return CompletableFuture.supplyAsync(() -> read(attempt.server().weight()), attempt.blocking());
  }

  private CheckResult read(int configured) {
    byte[] bytes;
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      return CheckResult.failed(file + " is not a regular file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES);
    } catch (NoSuchFileException e) {
      return CheckResult.failed(file + " does not exist");
    } catch (AccessDeniedException e) {
      return CheckResult.failed(file + " may not be read");
    } catch (IOException e) {
      return CheckResult.failed(file + ": " + e.getMessage());
    }
    String text = new String(bytes, StandardCharsets.ISO_8859_1).strip();
    return NUMBER.matcher(text).matches()
        ? judge(Long.parseLong(text), configured)
        : CheckResult.failed(
            file + " holds " + Received.quote(bytes) + " (expected: a whole number)");
  }

  private CheckResult judge(long value, int configured) {
    String holds = file + " holds " + value;
    return switch (meaning) {
      case STATUS ->
          value == 0
              ? CheckResult.passed(holds)
              : CheckResult.failed(holds + " (expected: 0, which is up)");
      case WEIGHT ->
          value >= 0 && value <= MAX_WEIGHT
              ? CheckResult.passed(holds).withWeight((int) value)
              : CheckResult.failed(holds + " (expected: a weight, 0 to " + MAX_WEIGHT + ")");
      case CHANGE -> {
        long weight = configured + value * factor;
        yield CheckResult.passed(holds).withWeight((int) Math.max(0, Math.min(MAX_WEIGHT, weight)));
      }
    };
  }

  @Override
  public String toString() {
    return "file " + file + (meaning == Meaning.STATUS ? "" : " as weight");
  }
}
