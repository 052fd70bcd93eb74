package io.jvs.checks.dialogue;

import io.jvs.checks.Regex;
import io.jvs.checks.tls.TlsSettings;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One step of a {@link DialogueCheck}. */
public sealed interface Step {

  /**
   * Waits for an answer.
   *
   * @param accepted what must be found in it; bytes are seen as ISO 8859-1, so {@code \xff} is a
   *     byte
   * @param whole what a complete answer looks like, from its beginning ({@code \A}): one in which
   *     {@code accepted} is not found fails at once. Null waits for {@code accepted} until the time
   *     is up
   * @param name what is expected, for messages: {@code greeting}, {@code answer to EHLO}
   */
  record Expect(Regex accepted, @Nullable Regex whole, String name) implements Step {
    private static final Regex LINE = Regex.of("\\A[^\\n]*\\n");

    public Expect {
      if (name.isBlank()) {
        throw new IllegalArgumentException("expected answer with a blank name");
      }
    }

    /** Waits until it is found, whatever comes before. */
    public static Expect anywhere(String accepted, String name) {
      return new Expect(Regex.of(accepted), null, name);
    }

    /** It must be found in the next line. */
    public static Expect line(String accepted, String name) {
      return new Expect(Regex.of(accepted), LINE, name);
    }
  }

  /**
   * From here on, an answer in which this is found is a failure, before any expectation is looked
   * at.
   *
   * @param refused what must not be found
   */
  record Reject(Regex refused) implements Step {
    public static Reject of(String refused) {
      return new Reject(Regex.of(refused));
    }
  }

  /**
   * Sends a text, as UTF-8. May be a secret, so it appears in no message.
   *
   * @param text as it goes over the wire, line ends included
   */
  record Send(String text) implements Step {
    public Send {
      if (text.isEmpty()) {
        throw new IllegalArgumentException("text to send '' (expected: at least one character)");
      }
    }

    byte[] bytes() {
      return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      return "Send[" + bytes().length + " bytes]";
    }
  }

  /**
   * Goes on in TLS. Whatever the server had sent in plain text and nobody had expected is a
   * failure, as it could have been slipped in by somebody else.
   */
  record StartTls(TlsSettings settings) implements Step {}
}
