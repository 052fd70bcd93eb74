package io.jvs.checks.http;

import io.jvs.checks.exchange.HttpAnswer;
import io.jvs.checks.exchange.HttpExchange;
import io.jvs.checks.exchange.HttpQuestion;
import io.jvs.checks.tls.TlsChannel;
import io.jvs.checks.tls.TlsSettings;
import io.jvs.health.ActiveCheck;
import io.jvs.health.CheckAttempt;
import io.jvs.health.CheckResult;
import io.jvs.model.SocketAddresses;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * HTTP answers as expected: keepalived's HTTP_GET and SSL_GET, ldirectord's http and https,
 * haproxy's httpchk. Redirects are answers, not followed. Each path has a new connection, reset
 * afterwards.
 *
 * @param method such as {@code GET}; upper case
 * @param paths one or more, asked one after the other; all must pass within the one timeout
 * @param virtualHost the Host header, or {@code :authority}, perhaps with a port; null for address
 *     and port that the check goes to. Under TLS without a server name also the name to ask for and
 *     to expect in the certificate
 * @param headers in addition; names and values in ASCII
 * @param version how to speak
 * @param tls how to speak TLS, or null for plain HTTP
 * @param expected of each answer
 */
public record HttpCheck(
    String method,
    List<String> paths,
    @Nullable String virtualHost,
    Map<String, String> headers,
    HttpVersion version,
    @Nullable TlsSettings tls,
    HttpExpectation expected)
    implements ActiveCheck {
  private static final int MAX_PATHS = 16;

  public HttpCheck {
    paths = List.copyOf(paths);
    headers = Map.copyOf(headers);
    HttpSyntax.requireMethod(method);
    if (paths.isEmpty() || paths.size() > MAX_PATHS) {
      throw new IllegalArgumentException(
          "http: " + paths.size() + " paths (expected: 1 to " + MAX_PATHS + ")");
    }
    paths.forEach(HttpSyntax::requirePath);
    if (virtualHost != null) {
      HttpSyntax.requireAuthority(virtualHost);
    }
    HttpSyntax.requireHeaders(headers);
    if (method.equals("HEAD") && !expected.ignoresBody()) {
      throw new IllegalArgumentException(
          "http method HEAD gets no body to judge (expected: GET, or the status alone)");
    }
  }

  /** {@code GET} of this path over plain HTTP/1.1; any status from 200 to 399 passes. */
  public static HttpCheck get(String path) {
    return new HttpCheck(
        "GET", List.of(path), null, Map.of(), HttpVersion.HTTP_1_1, null, HttpExpectation.DEFAULT);
  }

  public HttpCheck method(String newMethod) {
    return new HttpCheck(newMethod, paths, virtualHost, headers, version, tls, expected);
  }

  /** All of these, one after the other. */
  public HttpCheck paths(List<String> all) {
    return new HttpCheck(method, all, virtualHost, headers, version, tls, expected);
  }

  public HttpCheck virtualHost(String host) {
    return new HttpCheck(method, paths, host, headers, version, tls, expected);
  }

  /** One more header. */
  public HttpCheck header(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new HttpCheck(method, paths, virtualHost, more, version, tls, expected);
  }

  public HttpCheck version(HttpVersion newVersion) {
    return new HttpCheck(method, paths, virtualHost, headers, newVersion, tls, expected);
  }

  public HttpCheck tls(TlsSettings settings) {
    return new HttpCheck(method, paths, virtualHost, headers, version, settings, expected);
  }

  public HttpCheck expecting(HttpExpectation expectation) {
    return new HttpCheck(method, paths, virtualHost, headers, version, tls, expectation);
  }

  @Override
  public String kind() {
    return "http";
  }

  @Override
  public CompletionStage<CheckResult> start(CheckAttempt attempt) {
    AtomicBoolean ended = new AtomicBoolean();
    attempt.onEnd(() -> ended.set(true));
    return tryFrom(0, CheckResult.passed(""), attempt, ended);
  }

  /** The paths from this one on; {@code soFar} is what those before have shown. */
  private CompletableFuture<CheckResult> tryFrom(
      int index, CheckResult soFar, CheckAttempt attempt, AtomicBoolean ended) {
    if (index == paths.size()) {
      return CompletableFuture.completedFuture(soFar);
    }
    if (ended.get()) { // timed out: what nobody waits for is not asked
      return CompletableFuture.completedFuture(CheckResult.failed("timed out"));
    }
    String path = paths.get(index);
    return HttpExchange.ask(attempt, question(path, attempt.address()))
        .thenCompose(answer -> judge(answer, path, attempt, ended))
        .exceptionally(thrown -> CheckResult.failed(prefix(path) + TlsChannel.reason(thrown)))
        .thenCompose(
            result ->
                result.passed()
                    ? tryFrom(index + 1, both(soFar, result), attempt, ended)
                    : CompletableFuture.completedFuture(result));
  }

  private HttpQuestion question(String path, InetSocketAddress address) {
    Map<String, String> sent = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    sent.put("User-Agent", "jvs");
    sent.put("Accept", "*/*");
    sent.putAll(headers);
    return new HttpQuestion(
        version == HttpVersion.HTTP_2,
        tls == null ? null : named(tls),
        method,
        path,
        virtualHost == null ? authority(address) : virtualHost,
        sent,
        new byte[0],
        expected.ignoresBody() ? 0 : expected.maxBody());
  }

  /** RFC 9110 section 7.2; the usual port is left out, as browsers do. */
  private String authority(InetSocketAddress address) {
    String text =
        SocketAddresses.format(
            new InetSocketAddress(address.getAddress(), address.getPort())); // never by name
    int scope = text.indexOf('%');
    String global = scope < 0 ? text : text.substring(0, scope) + text.substring(text.indexOf(']'));
    String usual = tls == null ? ":80" : ":443";
    return global.endsWith(usual) ? global.substring(0, global.length() - usual.length()) : global;
  }

  private TlsSettings named(TlsSettings settings) {
    return settings.serverName() != null || virtualHost == null || virtualHost.startsWith("[")
        ? settings
        : settings.serverName(virtualHost.replaceFirst(":\\d+$", ""));
  }

  private CompletableFuture<CheckResult> judge(
      HttpAnswer answer, String path, CheckAttempt attempt, AtomicBoolean ended) {
    String seen = prefix(path) + "status " + answer.status();
    if (!expected.status().contains(answer.status())) {
      return CompletableFuture.completedFuture(
          CheckResult.failed(seen + " (expected: " + expected.status() + ")"));
    }
    CheckResult passed = CheckResult.passed(seen);
    CheckResult warned = answer.warning() == null ? passed : passed.withWarning(answer.warning());
    if (expected.ignoresBody()) {
      return CompletableFuture.completedFuture(warned);
    }
    BodyJudge judge = new BodyJudge(expected, attempt::doing, ended::get);
    return CompletableFuture.supplyAsync(
        () -> {
          String objection = judge.objection(answer);
          return objection == null ? warned : CheckResult.failed(prefix(path) + objection);
        },
        attempt.blocking());
  }

  private String prefix(String path) {
    return paths.size() == 1 ? "" : path + ": ";
  }

  private static CheckResult both(CheckResult first, CheckResult second) {
    if (first.detail().isEmpty()) {
      return second;
    }
    CheckResult both = CheckResult.passed(first.detail() + ", " + second.detail());
    String warning = second.warning() == null ? first.warning() : second.warning();
    return warning == null ? both : both.withWarning(warning);
  }

  /** {@code https GET / of web.example}. */
  @Override
  public String toString() {
    return (tls == null ? "http" : "https")
        + (version == HttpVersion.HTTP_2 ? "/2 " : " ")
        + method
        + " "
        + String.join(" ", paths)
        + (virtualHost == null ? "" : " of " + virtualHost);
  }
}
