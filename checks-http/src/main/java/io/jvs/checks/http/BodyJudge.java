package io.jvs.checks.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jvs.checks.Received;
import io.jvs.checks.exchange.HttpAnswer;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpUtil;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Compares a body with what is expected of it. May take long, so not on a timer or event loop. */
final class BodyJudge {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpExpectation expected;
  private final Consumer<String> doing;
  private final BooleanSupplier ended;

  /**
   * @param doing told what is done from now on
   * @param ended whether nobody waits for the answer any more
   */
  BodyJudge(HttpExpectation expected, Consumer<String> doing, BooleanSupplier ended) {
    this.expected = expected;
    this.doing = doing;
    this.ended = ended;
  }

  /** What is wrong with the body, or null. */
  @Nullable String objection(HttpAnswer answer) {
    String objection = missing(answer);
    if (objection == null) {
      objection = unwanted(answer);
    }
    if (objection == null && (expected.digest() != null || !expected.json().isEmpty())) {
      objection =
          answer.whole()
              ? otherDigest(answer)
              : "body is longer than "
                  + expected.maxBody()
                  + " bytes (expected: all of it; raise maxBody)";
    }
    return objection == null ? otherJson(answer) : objection;
  }

  private @Nullable String missing(HttpAnswer answer) {
    String regex = expected.body();
    return regex == null || finds(regex, answer)
        ? null
        : "no match of '" + regex + "' in the body (" + extent(answer) + ")";
  }

  private @Nullable String unwanted(HttpAnswer answer) {
    String regex = expected.bodyNot();
    return regex == null || !finds(regex, answer)
        ? null
        : "the body matches '" + regex + "' (expected: no match)";
  }

  private static String extent(HttpAnswer answer) {
    int length = answer.body().length;
    return answer.whole() ? length + " bytes" : "its first " + length + " bytes";
  }

  private boolean finds(String regex, HttpAnswer answer) {
    doing.accept("matching the body against '" + regex + "'");
    Charset charset = HttpUtil.getCharset(contentType(answer), StandardCharsets.UTF_8);
    String text = new String(answer.body(), charset);
    try {
      return Pattern.compile(regex).matcher(new LimitedText(text, ended)).find();
    } catch (StackOverflowError e) { // how java.util.regex says that it cannot
      throw new IllegalStateException(
          "the regular expression '" + regex + "' is too deep for this body", e);
    }
  }

  private static @Nullable String contentType(HttpAnswer answer) {
    return answer.headers().get(HttpHeaderNames.CONTENT_TYPE);
  }

  private @Nullable String otherDigest(HttpAnswer answer) {
    BodyDigest digest = expected.digest();
    if (digest == null) {
      return null;
    }
    String found = digest.of(answer.body());
    return found.equals(digest.hex())
        ? null
        : digest.algorithm() + " of the body " + found + " (expected: " + digest.hex() + ")";
  }

  private @Nullable String otherJson(HttpAnswer answer) {
    if (expected.json().isEmpty()) {
      return null;
    }
    JsonNode document;
    try {
      document = JSON.readTree(answer.body());
    } catch (JsonProcessingException e) {
      return "body is not JSON: " + Received.quote(answer.body());
    } catch (IOException e) { // not from an array of bytes
      throw new IllegalStateException(e);
    }
    for (Map.Entry<String, String> each : expected.json().entrySet()) {
      JsonNode found = document.at(each.getKey());
      if (!found.isValueNode() || !found.asText().equals(each.getValue())) {
        return "JSON "
            + each.getKey()
            + ": "
            + (found.isMissingNode()
                ? "absent"
                : Received.quote(found.toString().getBytes(StandardCharsets.UTF_8)))
            + " (expected: "
            + each.getValue()
            + ")";
      }
    }
    return null;
  }
}
