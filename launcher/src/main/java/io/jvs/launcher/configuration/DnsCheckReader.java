package io.jvs.launcher.configuration;

import io.jvs.checks.dns.DnsCheck;
import io.jvs.checks.dns.ExpectedRecord;
import io.jvs.model.HealthCheck;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code check: dns}. */
final class DnsCheckReader {
  static final CheckReader READER =
      new CheckReader(
          "dns", List.of("type", "name", "answer", "answerRegex", "tcp"), DnsCheckReader::read);

  private static final List<String> TYPES =
      Arrays.stream(DnsCheck.RecordType.values()).map(Enum::name).toList();

  private DnsCheckReader() {}

  private static @Nullable HealthCheck read(Fields fields, Value place) {
    int before = place.problemsSoFar();
    Value typeValue = fields.get("type");
    Value nameValue = fields.get("name");
    Value tcp = fields.get("tcp");
    String type =
        typeValue == null ? DnsCheck.ROOT.type().name() : typeValue.word(TYPES, "a record type");
    String name = nameValue == null ? DnsCheck.ROOT.name() : nameValue.text("a domain name");
    boolean overTcp = tcp != null && tcp.truth();
    ExpectedRecord exact = expected(fields.get("answer"), false);
    Value regexValue = fields.get("answerRegex");
    ExpectedRecord regex = expected(regexValue, true);
    if (exact != null && regex != null && regexValue != null) {
      regexValue.wrong("beside answer (expected: one of the two)");
    }
    if (type == null || name == null || place.problemsSoFar() > before) {
      return null;
    }
    return (nameValue == null ? place : nameValue)
        .checked(
            () ->
                new DnsCheck(
                    DnsCheck.RecordType.valueOf(type),
                    name,
                    exact == null ? regex : exact,
                    overTcp));
  }

  private static @Nullable ExpectedRecord expected(@Nullable Value value, boolean regex) {
    String text = value == null ? null : value.text("what a record must be");
    return value == null || text == null
        ? null
        : value.checked(() -> new ExpectedRecord(text, regex));
  }
}
