package io.jvs.checks.dialogue;

/**
 * A name and a password that a check shows. Without line ends, as they are sent in lines.
 *
 * @param user such as {@code monitor}
 * @param password may be empty; appears in no message
 */
public record Login(String user, String password) {
  /** As ldirectord logs in to FTP: {@code anonymous}. RFC 1635. */
  public static final Login ANONYMOUS = new Login("anonymous", "anonymous");

  public Login {
    if (user.isEmpty()) {
      throw new IllegalArgumentException("login with an empty user");
    }
    requireOneLine("user", user);
    requireOneLine("password", password);
  }

  static void requireOneLine(String what, String text) {
    if (text.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw new IllegalArgumentException(
          "login " + what + " with a control character (expected: none, as it is sent in a line)");
    }
  }

  @Override
  public String toString() {
    return user;
  }
}
