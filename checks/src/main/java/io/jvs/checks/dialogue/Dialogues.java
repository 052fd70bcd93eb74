package io.jvs.checks.dialogue;

import io.jvs.checks.Regex;
import io.jvs.checks.dialogue.Step.Expect;
import io.jvs.checks.dialogue.Step.Send;
import io.jvs.checks.tls.TlsSettings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Dialogues of known protocols. Each waits for the greeting, asks a question that costs the server
 * nothing, and takes its leave as the protocol wants it, so that the server logs no lost
 * connection.
 */
public final class Dialogues {
  /**
   * RFC 959 section 4.2, and RFC 5321 section 4.2: one line, or from {@code 220-} to {@code 220 };
   * and any other line, so that what is no reply at all is seen at once.
   */
  private static final Regex REPLY =
      Regex.of("\\A(?:(\\d{3})-(?:[^\\n]*\\n)(?:(?!\\1 )[^\\n]*\\n)*\\1 |(?!\\d{3}-))[^\\n]*\\n");

  /** RFC 3501 section 2.2.2: untagged lines, until one that is not, or one that says farewell. */
  private static final Regex TAGGED =
      Regex.of("\\A(?:\\* (?!BYE)[^\\n]*\\n)*(?:(?!\\* )|\\* BYE)[^\\n]*\\n");

  /** RFC 5321 section 4.1.2 (Domain and address-literal), as far as it matters here. */
  private static final Pattern HELO_NAME = Pattern.compile("[!-~]{1,255}");

  private Dialogues() {}

  /**
   * SMTP, RFC 5321: greeting 220, EHLO, perhaps STARTTLS (RFC 3207) and EHLO again, QUIT.
   * keepalived's {@code SMTP_CHECK} and ldirectord's {@code smtp} do the same with HELO.
   *
   * @param heloName what to call ourselves, such as {@code director.example}
   */
  public static DialogueCheck smtp(String heloName, Encryption encryption) {
    if (!HELO_NAME.matcher(heloName).matches()) {
      throw new IllegalArgumentException(
          "smtp helo name '" + heloName + "' (expected: a host name, or an address in brackets)");
    }
    Conversation talk = new Conversation("smtp", REPLY);
    talk.expect("^220 ", "greeting");
    talk.say("EHLO " + heloName, "^250 ", "answer to EHLO");
    if (talk.startTls(encryption, "STARTTLS", "^220 ")) {
      talk.say("EHLO " + heloName, "^250 ", "answer to EHLO in TLS");
    }
    talk.say("QUIT", "^221 ", "answer to QUIT");
    return talk.check(encryption);
  }

  /** POP3, RFC 1939: greeting, perhaps STLS (RFC 2595), perhaps USER and PASS, QUIT. */
  public static DialogueCheck pop3(@Nullable Login login, Encryption encryption) {
    Conversation talk = new Conversation("pop3", REPLY);
    talk.expect("^\\+OK", "greeting");
    boolean unused = talk.startTls(encryption, "STLS", "^\\+OK");
    if (login != null) {
      talk.say("USER " + login.user(), "^\\+OK", "answer to USER");
      talk.say("PASS " + login.password(), "^\\+OK", "answer to PASS");
    }
    talk.say("QUIT", "^\\+OK", "answer to QUIT");
    return talk.check(encryption);
  }

  /** IMAP, RFC 3501: greeting, perhaps STARTTLS, perhaps LOGIN, LOGOUT. */
  public static DialogueCheck imap(@Nullable Login login, Encryption encryption) {
    Conversation talk = new Conversation("imap", TAGGED);
    talk.steps.add(Expect.line("^\\* (OK|PREAUTH)\\b", "greeting"));
    boolean unused = talk.startTls(encryption, "a1 STARTTLS", "^a1 OK\\b");
    if (login != null) {
      String command = "a2 LOGIN " + quoted(login.user()) + " " + quoted(login.password());
      talk.say(command, "^a2 OK\\b", "answer to LOGIN");
    }
    // The farewell is untagged, and the answer follows it.
    talk.steps.add(new Send("a3 LOGOUT\r\n"));
    talk.steps.add(
        new Expect(
            Regex.of("^a3 OK\\b"),
            Regex.of("\\A(?:\\* [^\\n]*\\n)*(?!\\* )[^\\n]*\\n"),
            "answer to LOGOUT"));
    return talk.check(encryption);
  }

  /**
   * FTP, RFC 959: greeting 220, perhaps AUTH TLS (RFC 4217), perhaps USER and PASS, QUIT.
   *
   * @param login {@link Login#ANONYMOUS} does as ldirectord does by default
   */
  public static DialogueCheck ftp(@Nullable Login login, Encryption encryption) {
    Conversation talk = new Conversation("ftp", REPLY);
    talk.expect("^220 ", "greeting");
    boolean unused = talk.startTls(encryption, "AUTH TLS", "^234 ");
    if (login != null) {
      // 230 at once: no password is wanted; then PASS is superfluous, and 202 or 230 says so.
      talk.say("USER " + login.user(), "^(331|230) ", "answer to USER");
      talk.say("PASS " + login.password(), "^(230|202) ", "answer to PASS");
    }
    talk.say("QUIT", "^221 ", "answer to QUIT");
    return talk.check(encryption);
  }

  /** NNTP, RFC 3977: greeting 200 or 201 (no posting), perhaps STARTTLS (RFC 4642), QUIT. */
  public static DialogueCheck nntp(Encryption encryption) {
    Conversation talk = new Conversation("nntp", REPLY);
    talk.expect("^20[01] ", "greeting");
    boolean unused = talk.startTls(encryption, "STARTTLS", "^382 ");
    talk.say("QUIT", "^205 ", "answer to QUIT");
    return talk.check(encryption);
  }

  /**
   * Redis: perhaps AUTH, then PING must be answered with PONG. A server that is still loading its
   * data answers with an error.
   *
   * @param user of Redis 6 and later, or null for the default user
   * @param password or null for no AUTH; appears in no message
   */
  public static DialogueCheck redis(
      @Nullable String user, @Nullable String password, Encryption encryption) {
    if (user != null && password == null) {
      throw new IllegalArgumentException("redis user '" + user + "' without a password");
    }
    Conversation talk = new Conversation("redis", REPLY);
    if (password != null) {
      List<String> words = new ArrayList<>(List.of("AUTH"));
      if (user != null) {
        words.add(user);
      }
      words.add(password);
      talk.steps.add(new Send(array(words)));
      talk.expect("^\\+OK", "answer to AUTH");
    }
    talk.say("PING", "^\\+PONG", "answer to PING");
    return talk.check(encryption);
  }

  /** Memcached, text protocol: {@code version}. */
  public static DialogueCheck memcached(Encryption encryption) {
    Conversation talk = new Conversation("memcached", REPLY);
    talk.say("version", "^VERSION ", "answer to version");
    return talk.check(encryption);
  }

  /** RFC 3501 section 4.3. */
  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /** Redis serialization protocol: an array of bulk strings, which may hold any byte. */
  private static String array(List<String> words) {
    StringBuilder out = new StringBuilder("*" + words.size() + "\r\n");
    for (String word : words) {
      int bytes = word.getBytes(StandardCharsets.UTF_8).length;
      out.append('$').append(bytes).append("\r\n").append(word).append("\r\n");
    }
    return out.toString();
  }

  /** Questions and answers in lines. */
  private static final class Conversation {
    private final String kind;
    private final Regex reply;
    private final List<Step> steps = new ArrayList<>();

    Conversation(String kind, Regex reply) {
      this.kind = kind;
      this.reply = reply;
    }

    void expect(String accepted, String name) {
      steps.add(new Expect(Regex.of(accepted), reply, name));
    }

    void say(String line, String accepted, String name) {
      steps.add(new Send(line + "\r\n"));
      expect(accepted, name);
    }

    /** Whether TLS starts here. */
    boolean startTls(Encryption encryption, String command, String accepted) {
      if (encryption instanceof Encryption.StartTls start) {
        say(command, accepted, "answer to " + command.replaceFirst("^a1 ", ""));
        steps.add(new Step.StartTls(start.settings()));
        return true;
      }
      return false;
    }

    DialogueCheck check(Encryption encryption) {
      boolean starts = steps.stream().anyMatch(Step.StartTls.class::isInstance);
      if (encryption instanceof Encryption.StartTls && !starts) {
        throw new IllegalArgumentException(
            kind + " has no STARTTLS (expected: TLS from the start, or none)");
      }
      TlsSettings tls =
          encryption instanceof Encryption.Implicit implicit ? implicit.settings() : null;
      return new DialogueCheck(kind, steps, tls);
    }
  }
}
