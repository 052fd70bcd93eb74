package io.jvs.checks.dns;

import io.jvs.checks.Regex;
import io.jvs.health.CheckAttempt;
import io.jvs.health.CheckResult;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.WireParseException;

/** One query. */
final class DnsQuery {
  /**
   * The attempt ends it; dnsjava, which cannot be told to stop, lets its socket go a little later.
   */
  private static final Duration AFTER_THE_ATTEMPT = Duration.ofMillis(100);

  private static final int SHOWN_RECORDS = 3;

  private final DnsCheck check;
  private final CheckAttempt attempt;

  DnsQuery(DnsCheck check, CheckAttempt attempt) {
    this.check = check;
    this.attempt = attempt;
  }

  CompletableFuture<CheckResult> begin() {
    attempt.doing("waiting for the answer to " + question());
    CompletableFuture<Message> answered =
        attempt.preamble().hasRemaining()
            ? new IntroducedQuestion(attempt, query()).ask(check.tcp())
            : plainResolver().sendAsync(query(), attempt.blocking()).toCompletableFuture();
    return answered.handleAsync(
        (answer, thrown) -> thrown == null ? judge(answer) : CheckResult.failed(reason(thrown)),
        attempt.blocking()); // a regex of the operator's may run
  }

  private SimpleResolver plainResolver() {
    SimpleResolver resolver = new SimpleResolver(attempt.address());
    resolver.setTCP(check.tcp());
    resolver.setTimeout(attempt.timeout().plus(AFTER_THE_ATTEMPT));
    InetAddress bind = attempt.bind();
    if (bind != null) {
      resolver.setLocalAddress(new InetSocketAddress(bind, 0));
    }
    return resolver;
  }

  private Message query() {
    try {
      Name name = Name.fromString(check.name(), Name.root);
      return Message.newQuery(Record.newRecord(name, Type.value(check.type().name()), DClass.IN));
    } catch (TextParseException e) {
      throw new IllegalStateException(check.name() + " has been parsed before", e);
    }
  }

  private CheckResult judge(Message answer) {
    int code = answer.getRcode();
    if (code != Rcode.NOERROR) {
      return CheckResult.failed(
          Rcode.string(code) + " for " + question() + " (expected: an answer)");
    }
    int type = Type.value(check.type().name());
    List<String> records =
        answer.getSection(Section.ANSWER).stream()
            .filter(record -> record.getType() == type)
            .map(Record::rdataToString)
            .toList();
    if (records.isEmpty()) {
      return CheckResult.failed(
          "an answer without " + check.type() + " records for " + check.name());
    }
    ExpectedRecord expected = check.expected();
    try {
      if (expected == null || records.stream().anyMatch(expected::matches)) {
        return CheckResult.passed(question() + " is " + shown(records));
      }
    } catch (Regex.TooHard e) {
      return CheckResult.failed(String.valueOf(e.getMessage()));
    }
    return CheckResult.failed(
        question() + " is " + shown(records) + " (expected: " + expected + ")");
  }

  private static String shown(List<String> records) {
    String first = String.join(", ", records.subList(0, Math.min(SHOWN_RECORDS, records.size())));
    return first + (records.size() > SHOWN_RECORDS ? " and more" : "");
  }

  private String question() {
    return check.type() + " " + check.name();
  }

  private String reason(Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    if (cause instanceof PortUnreachableException) {
      return "port unreachable";
    }
    if (cause instanceof EOFException) {
      return check.tcp()
          ? "closed by the server before the answer"
          : "an answer that is not DNS: an empty datagram";
    }
    String message = String.valueOf(cause.getMessage());
    if (cause instanceof WireParseException) {
      return "an answer that is not DNS: " + message;
    }
    return cause instanceof IOException && !message.isEmpty()
        ? message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1)
        : cause.toString();
  }
}
