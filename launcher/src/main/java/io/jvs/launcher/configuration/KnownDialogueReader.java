package io.jvs.launcher.configuration;

import io.jvs.checks.dialogue.DialogueCheck;
import io.jvs.checks.dialogue.Dialogues;
import io.jvs.checks.dialogue.Encryption;
import io.jvs.checks.dialogue.Login;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the checks of known protocols: {@code check: smtp} and its like. */
final class KnownDialogueReader {
  private static final String DEFAULT_HELO = "localhost";

  static final List<CheckReader> READERS =
      List.of(
          new CheckReader("smtp", List.of("helo", "tls", "startTls"), KnownDialogueReader::smtp),
          withLogin("pop3", Dialogues::pop3),
          withLogin("imap", Dialogues::imap),
          withLogin("ftp", Dialogues::ftp),
          new CheckReader(
              "nntp",
              List.of("tls", "startTls"),
              (fields, place) -> built(place, Encryptions.read(fields), Dialogues::nntp)),
          new CheckReader("redis", List.of("user", "password", "tls"), KnownDialogueReader::redis),
          new CheckReader(
              "memcached",
              List.of("tls"),
              (fields, place) ->
                  built(place, Encryptions.fromTheStart(fields), Dialogues::memcached)));

  private KnownDialogueReader() {}

  private interface Protocol {
    DialogueCheck with(Encryption encryption);
  }

  private interface LoginProtocol {
    DialogueCheck with(@Nullable Login login, Encryption encryption);
  }

  private static @Nullable DialogueCheck built(
      Value place, Encryption encryption, Protocol protocol) {
    return place.checked(() -> protocol.with(encryption));
  }

  private static CheckReader withLogin(String kind, LoginProtocol protocol) {
    return new CheckReader(
        kind,
        List.of("user", "password", "tls", "startTls"),
        (fields, place) -> {
          int before = place.problemsSoFar();
          Login login = login(fields);
          Encryption encryption = Encryptions.read(fields);
          return place.problemsSoFar() > before
              ? null
              : built(place, encryption, secure -> protocol.with(login, secure));
        });
  }

  private static @Nullable Login login(Fields fields) {
    Value user = fields.get("user");
    Value password = fields.get("password");
    if (user == null || password == null) {
      if (user != null) {
        user.wrong("without a password (expected: user and password, or none of them)");
      } else if (password != null) {
        password.wrong("without a user (expected: user and password, or none of them)");
      }
      return null;
    }
    String name = user.text("a user name");
    String secret = password.scalar("a password");
    if (name == null || secret == null) {
      return null;
    }
    Login known = user.checked(() -> new Login(name, ""));
    return known == null ? null : password.checked(() -> new Login(name, secret));
  }

  private static @Nullable DialogueCheck smtp(Fields fields, Value place) {
    int before = place.problemsSoFar();
    Value helo = fields.get("helo");
    String text = helo == null ? DEFAULT_HELO : helo.text("the name to greet with");
    Encryption encryption = Encryptions.read(fields);
    if (text == null || place.problemsSoFar() > before) {
      return null;
    }
    return built(helo == null ? place : helo, encryption, secure -> Dialogues.smtp(text, secure));
  }

  private static @Nullable DialogueCheck redis(Fields fields, Value place) {
    int before = place.problemsSoFar();
    Value user = fields.get("user");
    Value password = fields.get("password");
    String name = user == null ? null : user.text("a user name");
    String secret = password == null ? null : password.scalar("a password");
    Encryption encryption = Encryptions.fromTheStart(fields);
    if (place.problemsSoFar() > before) {
      return null;
    }
    return built(
        user == null ? place : user, encryption, secure -> Dialogues.redis(name, secret, secure));
  }
}
