package io.jvs.launcher.configuration;

import io.jvs.checks.http.HttpCheck;
import io.jvs.checks.http.HttpExpectation;
import io.jvs.checks.http.HttpVersion;
import io.jvs.checks.tls.TlsSettings;
import io.jvs.model.HealthCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code check: http}. */
final class HttpCheckReader {
  static final CheckReader READER =
      new CheckReader(
          "http",
          List.of(
              "method",
              "path",
              "virtualHost",
              "headers",
              "version",
              "tls",
              "status",
              "body",
              "bodyNot",
              "digest",
              "json",
              "maxBody"),
          HttpCheckReader::read);

  private static final Map<String, HttpVersion> VERSIONS =
      Map.of("1.1", HttpVersion.HTTP_1_1, "2", HttpVersion.HTTP_2);

  private HttpCheckReader() {}

  /** Changes a check as a value says; null if it cannot, which has been noted. */
  @FunctionalInterface
  private interface Change<T> {
    @Nullable T by(T check, Value value);
  }

  private static @Nullable HealthCheck read(Fields fields, Value place) {
    int before = place.problemsSoFar();
    HttpCheck check = HttpCheck.get("/");
    check = changed(check, fields.get("method"), HttpCheckReader::method);
    check = changed(check, fields.get("path"), HttpCheckReader::paths);
    check = changed(check, fields.get("virtualHost"), HttpCheckReader::virtualHost);
    check = changed(check, fields.get("headers"), HttpCheckReader::headers);
    check = changed(check, fields.get("version"), HttpCheckReader::version);
    TlsSettings tls = TlsReader.behind(fields.get("tls"));
    HttpCheck complete = tls == null ? check : check.tls(tls);
    HttpExpectation expected = expectation(fields);
    if (place.problemsSoFar() > before) {
      return null;
    }
    Value method = fields.get("method");
    return (method == null ? place : method).checked(() -> complete.expecting(expected));
  }

  private static HttpExpectation expectation(Fields fields) {
    HttpExpectation expected = HttpExpectation.DEFAULT;
    expected = changed(expected, fields.get("status"), HttpCheckReader::status);
    expected = changed(expected, fields.get("body"), HttpCheckReader::body);
    expected = changed(expected, fields.get("bodyNot"), HttpCheckReader::bodyNot);
    expected = changed(expected, fields.get("digest"), HttpCheckReader::digest);
    expected = changed(expected, fields.get("json"), HttpCheckReader::json);
    Value maxBody = fields.get("maxBody");
    return maxBody == null
        ? expected
        : expected.maxBody(
            maxBody.wholeNumber(
                1, HttpExpectation.LARGEST_BODY, HttpExpectation.DEFAULT_MAX_BODY, " bytes"));
  }

  private static <T> T changed(T check, @Nullable Value value, Change<T> change) {
    T changed = value == null ? null : change.by(check, value);
    return changed == null ? check : changed;
  }

  private static @Nullable HttpCheck method(HttpCheck check, Value value) {
    String text = value.text("a method such as GET or HEAD");
    return text == null ? null : value.checked(() -> check.method(text));
  }

  private static @Nullable HttpCheck paths(HttpCheck check, Value value) {
    if (value.isText()) {
      String path = String.valueOf(value.text("a path"));
      return value.checked(() -> check.paths(List.of(path)));
    }
    int before = value.problemsSoFar();
    List<String> paths = new ArrayList<>();
    for (Value item : value.items("a path such as /healthz, or a list of them")) {
      String path = item.text("a path such as /healthz");
      if (path != null && item.checked(() -> check.paths(List.of(path))) != null) {
        paths.add(path);
      }
    }
    return value.problemsSoFar() > before ? null : value.checked(() -> check.paths(paths));
  }

  private static @Nullable HttpCheck virtualHost(HttpCheck check, Value value) {
    String text = value.text("a host name, perhaps with a port");
    return text == null ? null : value.checked(() -> check.virtualHost(text));
  }

  private static HttpCheck headers(HttpCheck check, Value value) {
    HttpCheck changed = check;
    for (Map.Entry<String, Value> each : value.entries("an object of headers").entrySet()) {
      String text = each.getValue().scalar("the value of a header");
      HttpCheck before = changed;
      HttpCheck more =
          text == null ? null : each.getValue().checked(() -> before.header(each.getKey(), text));
      changed = more == null ? changed : more;
    }
    return changed;
  }

  private static @Nullable HttpCheck version(HttpCheck check, Value value) {
    String text = value.scalar("1.1 or 2");
    HttpVersion version = text == null ? null : VERSIONS.get(text);
    if (version == null && text != null) {
      value.wrong(text + " (expected: 1.1 or 2)");
    }
    return version == null ? null : check.version(version);
  }

  private static @Nullable HttpExpectation status(HttpExpectation expected, Value value) {
    String text = value.scalar("codes and ranges, such as 200-299 404");
    return text == null ? null : value.checked(() -> expected.status(text));
  }

  private static @Nullable HttpExpectation body(HttpExpectation expected, Value value) {
    String text = value.text("a regular expression");
    return text == null ? null : value.checked(() -> expected.body(text));
  }

  private static @Nullable HttpExpectation bodyNot(HttpExpectation expected, Value value) {
    String text = value.text("a regular expression");
    return text == null ? null : value.checked(() -> expected.bodyNot(text));
  }

  private static @Nullable HttpExpectation digest(HttpExpectation expected, Value value) {
    String text = value.scalar("an MD5 or SHA-256 in hexadecimal digits");
    return text == null ? null : value.checked(() -> expected.digest(text));
  }

  private static HttpExpectation json(HttpExpectation expected, Value value) {
    HttpExpectation changed = expected;
    for (Map.Entry<String, Value> each :
        value.entries("an object of JSON pointers and values").entrySet()) {
      String text = each.getValue().scalar("a text, a number or a truth value");
      HttpExpectation before = changed;
      HttpExpectation more =
          text == null ? null : each.getValue().checked(() -> before.json(each.getKey(), text));
      changed = more == null ? changed : more;
    }
    return changed;
  }
}
