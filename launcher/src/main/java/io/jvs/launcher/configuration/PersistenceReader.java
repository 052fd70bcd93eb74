package io.jvs.launcher.configuration;

import io.jvs.model.Durations;
import io.jvs.model.Persistence;
import io.jvs.model.SocketAddresses;
import io.jvs.model.TemplateRules;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads whose connections stay together: a timeout alone, or an object. */
final class PersistenceReader {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MONTH = Duration.ofDays(31);
  private static final String SOURCE = "source";
  private static final String SOURCE_PORT = "source-port";
  private static final String APPLICATION = "application";
  private static final List<String> KEYS = List.of(SOURCE, SOURCE_PORT, APPLICATION);

  private PersistenceReader() {}

  static @Nullable Persistence read(@Nullable Value value) {
    if (value == null) {
      return null;
    }
    if (!value.isObject()) {
      Duration timeout = wholeSeconds(value);
      return value.checked(() -> Persistence.sourceAddress(timeout));
    }
    Fields fields =
        value.fields(
            "a timeout, or an object",
            "timeout",
            "key",
            "netmask",
            "prefix",
            "prefix6",
            "maxTemplates",
            "expireQuiesced",
            "expireDown");
    if (fields == null) {
      return null;
    }
    Value timeoutValue = fields.get("timeout");
    Duration timeout =
        timeoutValue == null ? Persistence.DEFAULT_TIMEOUT : wholeSeconds(timeoutValue);
    Value keyValue = fields.get("key");
    String word = keyValue == null ? SOURCE : keyValue.word(KEYS, "a key");
    String key = word == null ? SOURCE : word;
    int prefix = prefix(fields);
    Value prefix6Value = fields.get("prefix6");
    int prefix6 = prefix6Value == null ? 128 : prefix6Value.wholeNumber(1, 128, 128, "");
    TemplateRules rules = rules(fields);
    if (!key.equals(SOURCE)) {
      refuseNetworks(fields, key);
    }
    Value place = timeoutValue == null ? value : timeoutValue;
    return place.checked(() -> persistence(key, timeout, prefix, prefix6, rules));
  }

  private static Persistence persistence(
      String key, Duration timeout, int prefix, int prefix6, TemplateRules rules) {
    return switch (key) {
      case SOURCE_PORT -> new Persistence.SourcePort(timeout, rules);
      case APPLICATION -> new Persistence.ApplicationKey(timeout, rules);
      default -> new Persistence.SourceNetwork(timeout, prefix, prefix6, rules);
    };
  }

  private static void refuseNetworks(Fields fields, String key) {
    for (String name : List.of("netmask", "prefix", "prefix6")) {
      Value network = fields.get(name);
      if (network != null) {
        network.wrong(
            "a network with key '" + key + "' (expected: key '" + SOURCE + "', or no network)");
      }
    }
  }

  private static TemplateRules rules(Fields fields) {
    Value maximum = fields.get("maxTemplates");
    Value quiesced = fields.get("expireQuiesced");
    Value down = fields.get("expireDown");
    int usual = TemplateRules.DEFAULT_MAXIMUM;
    return new TemplateRules(
        maximum == null ? usual : maximum.wholeNumber(1, TemplateRules.LARGEST, usual, ""),
        quiesced != null && quiesced.truth(),
        down != null && down.truth());
  }

  /** The kernel counts templates in seconds. */
  private static Duration wholeSeconds(Value value) {
    Duration timeout = value.duration(SECOND, MONTH, Persistence.DEFAULT_TIMEOUT);
    if (timeout.toNanosPart() != 0) {
      value.wrong(Durations.format(timeout) + " (expected: whole seconds, 1s to 31d)");
      return Persistence.DEFAULT_TIMEOUT;
    }
    return timeout;
  }

  private static int prefix(Fields fields) {
    Value netmask = fields.get("netmask");
    Value prefix = fields.get("prefix");
    if (netmask != null && prefix != null) {
      netmask.wrong("netmask and prefix say the same (expected: one of them)");
    }
    if (netmask != null) {
      return netmask(netmask);
    }
    return prefix == null ? 32 : prefix.wholeNumber(1, 32, 32, "");
  }

  /** {@code 255.255.255.0} is 24. */
  private static int netmask(Value value) {
    String text = value.text("an IPv4 netmask such as 255.255.255.0");
    if (text == null) {
      return 32;
    }
    byte[] bytes;
    try {
      bytes = SocketAddresses.parseIp(text).getAddress();
    } catch (IllegalArgumentException e) {
      bytes = new byte[0];
    }
    BigInteger mask = new BigInteger(1, bytes);
    int length = mask.bitCount();
    boolean leading = bytes.length == 4 && length > 0 && mask.getLowestSetBit() == 32 - length;
    if (!leading) {
      value.wrong(
          "'"
              + text
              + "' (expected: an IPv4 netmask, all its ones in front, such as 255.255.255.0)");
      return 32;
    }
    return length;
  }
}
