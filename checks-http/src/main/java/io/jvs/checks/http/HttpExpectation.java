package io.jvs.checks.http;

import com.fasterxml.jackson.core.JsonPointer;
import io.jvs.model.StatusRanges;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * What an answer must be.
 *
 * @param status the codes that are fine
 * @param body a regular expression that must be found in the first {@code maxBody} bytes of the
 *     body, or null
 * @param bodyNot one that must not be found there, or null
 * @param digest what the whole body must hash to, or null
 * @param json RFC 6901 pointers into the body, and the text, number or truth value that must be
 *     there, as it is written; a missing one fails
 * @param maxBody how much of the body is read, 1 to 16777216 bytes; a longer one fails where all of
 *     it is needed, for {@code digest} and {@code json}
 */
public record HttpExpectation(
    StatusRanges status,
    @Nullable String body,
    @Nullable String bodyNot,
    @Nullable BodyDigest digest,
    Map<String, String> json,
    int maxBody) {
  /** 64 KiB. */
  public static final int DEFAULT_MAX_BODY = 64 * 1024;

  /** 16 MiB. */
  public static final int LARGEST_BODY = 16 * 1024 * 1024;

  /** Any body, and a status of 200 to 399. */
  public static final HttpExpectation DEFAULT =
      new HttpExpectation(StatusRanges.DEFAULT, null, null, null, Map.of(), DEFAULT_MAX_BODY);

  public HttpExpectation {
    json = Collections.unmodifiableMap(new LinkedHashMap<>(json)); // in the order of the user
    requireRegex("body", body);
    requireRegex("bodyNot", bodyNot);
    for (String pointer : json.keySet()) {
      try {
        JsonPointer.compile(pointer);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "JSON pointer '" + pointer + "' (expected: as RFC 6901 has it, such as /status/db)", e);
      }
    }
    if (maxBody < 1 || maxBody > LARGEST_BODY) {
      throw new IllegalArgumentException(
          "maxBody " + maxBody + " (expected: 1 to " + LARGEST_BODY + " bytes)");
    }
  }

  private static void requireRegex(String name, @Nullable String regex) {
    try {
      if (regex != null) {
        Pattern.compile(regex);
      }
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          name
              + " '"
              + regex
              + "': "
              + e.getDescription()
              + " near index "
              + e.getIndex()
              + " (expected: a regular expression of Java)",
          e);
    }
  }

  /** These codes are fine. */
  public HttpExpectation status(String ranges) {
    return new HttpExpectation(StatusRanges.parse(ranges), body, bodyNot, digest, json, maxBody);
  }

  /** This regular expression must be found in the body. */
  public HttpExpectation body(String regex) {
    return new HttpExpectation(status, regex, bodyNot, digest, json, maxBody);
  }

  /** This regular expression must not be found in the body. */
  public HttpExpectation bodyNot(String regex) {
    return new HttpExpectation(status, body, regex, digest, json, maxBody);
  }

  /** The MD5 or SHA-256 of the body, in hexadecimal digits. */
  public HttpExpectation digest(String hex) {
    return new HttpExpectation(status, body, bodyNot, new BodyDigest(hex), json, maxBody);
  }

  /** One more value that must be in a body of JSON. */
  public HttpExpectation json(String pointer, String value) {
    Map<String, String> more = new LinkedHashMap<>(json);
    more.put(pointer, value);
    return new HttpExpectation(status, body, bodyNot, digest, more, maxBody);
  }

  /** How much of the body is read, in bytes. */
  public HttpExpectation maxBody(int bytes) {
    return new HttpExpectation(status, body, bodyNot, digest, json, bytes);
  }

  /** Whether the status tells everything. */
  boolean ignoresBody() {
    return body == null && bodyNot == null && digest == null && json.isEmpty();
  }
}
