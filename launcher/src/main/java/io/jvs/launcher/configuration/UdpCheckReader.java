package io.jvs.launcher.configuration;

import io.jvs.checks.udp.MaskedHex;
import io.jvs.checks.udp.UdpCheck;
import io.jvs.model.HealthCheck;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code check: udp}. */
final class UdpCheckReader {
  static final CheckReader READER =
      new CheckReader(
          "udp",
          List.of("payload", "requireReply", "reply", "minReplyLength", "maxReplyLength"),
          UdpCheckReader::read);

  private UdpCheckReader() {}

  private static @Nullable HealthCheck read(Fields fields, Value place) {
    int before = place.problemsSoFar();
    Value payloadValue = fields.get("payload");
    Value require = fields.get("requireReply");
    Value replyValue = fields.get("reply");
    MaskedHex payload = payloadValue == null ? new MaskedHex("") : hex(payloadValue);
    MaskedHex reply = replyValue == null ? null : hex(replyValue);
    boolean required = require == null ? replyValue != null : require.truth();
    int min = length(fields.get("minReplyLength"), 0);
    int max = length(fields.get("maxReplyLength"), UdpCheck.DEFAULT_MAX_REPLY_LENGTH);
    boolean lengths = fields.get("minReplyLength") != null || fields.get("maxReplyLength") != null;
    if (!required && lengths && place.problemsSoFar() == before) {
      place.wrong("lengths of a reply that is not required (expected: requireReply: true)");
    }
    if (payload == null || place.problemsSoFar() > before) {
      return null;
    }
    if (payloadValue != null
        && payloadValue.checked(
                () -> new UdpCheck(payload, false, null, 0, UdpCheck.DEFAULT_MAX_REPLY_LENGTH))
            == null) {
      return null;
    }
    return (replyValue == null ? place : replyValue)
        .checked(() -> new UdpCheck(payload, required, reply, min, max));
  }

  private static int length(@Nullable Value value, int usual) {
    return value == null ? usual : value.wholeNumber(0, MaskedHex.MAX_BYTES, usual, " bytes");
  }

  private static @Nullable MaskedHex hex(Value value) {
    String text = value.text("hexadecimal digits");
    return text == null ? null : value.checked(() -> new MaskedHex(text));
  }
}
