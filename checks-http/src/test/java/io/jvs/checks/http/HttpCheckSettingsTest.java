package io.jvs.checks.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What the constructors refuse, and in which words. */
class HttpCheckSettingsTest {
  private static final HttpCheck GET = HttpCheck.get("/");

  private static void refused(ThrowingCallable wrong, String message) {
    assertThatThrownBy(wrong).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @Test
  void checks_with_the_same_settings_are_equal() {
    HttpCheck check =
        GET.virtualHost("web.example")
            .header("X-A", "1")
            .expecting(HttpExpectation.DEFAULT.body("a.b").json("/a", "1").digest("A".repeat(64)));
    HttpCheck same =
        HttpCheck.get("/")
            .header("X-A", "1")
            .virtualHost("web.example")
            .expecting(HttpExpectation.DEFAULT.json("/a", "1").digest("a".repeat(64)).body("a.b"));
    assertThat(check).isEqualTo(same).hasSameHashCodeAs(same);
    assertThat(check).hasToString("http GET / of web.example").isNotEqualTo(GET);
  }

  @Test
  void methods() {
    refused(
        () -> GET.method("get"),
        "http method 'get' (expected: such as GET or HEAD, in upper case)");
    refused(
        () -> GET.method("CONNECT"),
        "http method 'CONNECT' (expected: such as GET or HEAD, in upper case)");
    refused(
        () -> GET.expecting(HttpExpectation.DEFAULT.body("x")).method("HEAD"),
        "http method HEAD gets no body to judge (expected: GET, or the status alone)");
  }

  @Test
  void paths() {
    refused(() -> GET.paths(List.of()), "http: 0 paths (expected: 1 to 16)");
    refused(
        () -> GET.paths(IntStream.range(0, 17).mapToObj(i -> "/" + i).toList()),
        "http: 17 paths (expected: 1 to 16)");
    for (String wrong : new String[] {"", "a", "/a b", "/ä", "/a\r\nX: y", "/a#b"}) {
      refused(
          () -> HttpCheck.get(wrong),
          "http path '" + wrong + "' (expected: / and then ASCII without blanks; others as %20)");
    }
  }

  @Test
  void virtual_hosts() {
    for (String wrong : new String[] {"", "a b", "http://a", "a:b", "a/", "a\r\nb"}) {
      refused(
          () -> GET.virtualHost(wrong),
          "http virtual host '"
              + wrong
              + "' (expected: a host name, perhaps with a port: web.example:8080)");
    }
    assertThat(GET.virtualHost("[2001:db8::1]:80").virtualHost()).isEqualTo("[2001:db8::1]:80");
  }

  @Test
  void headers() {
    refused(() -> GET.header("X A", "1"), "http header 'X A' (expected: a name such as X-Check)");
    refused(
        () -> GET.header("Host", "a"),
        "http header 'Host' (expected: none of [connection, content-length, host, te,"
            + " transfer-encoding, upgrade], which the check sets; virtualHost is for host)");
    refused(
        () -> GET.header("X-A", "1\r\nX-B: 2"),
        "http header 'X-A': value '1\r\nX-B: 2' (expected: printable ASCII on one line)");
    assertThat(GET.header("X-A", "").header("X-B", "a b").headers()).hasSize(2);
  }

  @Test
  void bodies() {
    HttpExpectation any = HttpExpectation.DEFAULT;
    refused(
        () -> any.body("("),
        "body '(': Unclosed group near index 1 (expected: a regular expression of Java)");
    refused(
        () -> any.bodyNot("["),
        "bodyNot '[': Unclosed character class near index 0 (expected: a regular expression of"
            + " Java)");
    refused(
        () -> any.digest("abc"),
        "digest 'abc' (expected: 32 hexadecimal digits for MD5, or 64 for SHA-256)");
    refused(
        () -> any.json("status", "UP"),
        "JSON pointer 'status' (expected: as RFC 6901 has it, such as /status/db)");
    refused(() -> any.maxBody(0), "maxBody 0 (expected: 1 to 16777216 bytes)");
  }
}
