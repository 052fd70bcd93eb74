package io.jvs.checks.http;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What may stand in a request; the rest could be taken for a second request. */
final class HttpSyntax {
  /** RFC 9110 section 5.6.2, token. */
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  /** RFC 9110 section 5.5, without obs-text and without blanks at the ends. */
  private static final Pattern VALUE = Pattern.compile("|[!-~]([\\t -~]*[!-~])?");

  private static final Pattern METHOD = Pattern.compile("[A-Z]{1,20}");
  private static final Pattern PATH = Pattern.compile("/[!\"$-~]*");
  private static final Pattern AUTHORITY =
      Pattern.compile("(?:[A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}])(?::\\d{1,5})?");

  /** What the check sets itself, by what it does. */
  private static final Set<String> OWN =
      Set.of("connection", "content-length", "host", "te", "transfer-encoding", "upgrade");

  private HttpSyntax() {}

  static void requireMethod(String method) {
    if (!METHOD.matcher(method).matches() || method.equals("CONNECT")) {
      throw new IllegalArgumentException(
          "http method '" + method + "' (expected: such as GET or HEAD, in upper case)");
    }
  }

  static void requirePath(String path) {
    if (!PATH.matcher(path).matches()) {
      throw new IllegalArgumentException(
          "http path '" + path + "' (expected: / and then ASCII without blanks; others as %20)");
    }
  }

  static void requireAuthority(String authority) {
    if (!AUTHORITY.matcher(authority).matches()) {
      throw new IllegalArgumentException(
          "http virtual host '"
              + authority
              + "' (expected: a host name, perhaps with a port: web.example:8080)");
    }
  }

  static void requireHeaders(Map<String, String> headers) {
    headers.forEach(
        (name, value) -> {
          if (!TOKEN.matcher(name).matches()) {
            throw new IllegalArgumentException(
                "http header '" + name + "' (expected: a name such as X-Check)");
          }
          if (OWN.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(
                "http header '"
                    + name
                    + "' (expected: none of "
                    + OWN.stream().sorted().toList()
                    + ", which the check sets; virtualHost is for host)");
          }
          if (!VALUE.matcher(value).matches()) {
            throw new IllegalArgumentException(
                "http header '"
                    + name
                    + "': value '"
                    + value
                    + "' (expected: printable ASCII on one line)");
          }
        });
  }
}
