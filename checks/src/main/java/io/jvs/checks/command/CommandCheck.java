package io.jvs.checks.command;

import io.jvs.health.ActiveCheck;
import io.jvs.health.CheckAttempt;
import io.jvs.health.CheckResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

/**
 * Runs a program: exit status 0 is up. The first line it prints is the detail; what it prints
 * beyond 4 KiB is thrown away. It ends with the attempt, and so do the processes that descend from
 * it then; what it leaves behind when it exits by itself is its own business.
 *
 * <p>Besides the director's own environment it gets {@code JVS_SERVICE} (name), {@code
 * JVS_PROTOCOL}, {@code JVS_VIP}, {@code JVS_VPORT}, {@code JVS_SERVER} (the real server's
 * identity, host and port), {@code JVS_ADDRESS} and {@code JVS_PORT} (what to check), {@code
 * JVS_BIND} (empty for any), {@code JVS_WEIGHT} and {@code JVS_TIMEOUT_MS}.
 *
 * @param command the program and its first arguments; no shell sees them
 * @param arguments what is appended
 * @param dynamicWeight keepalived's {@code misc_dynamic}: exit status 1 is down, 2 to 255 is up
 *     with a weight of 0 to 253. A program that a signal has ended counts as 128 and the number of
 *     the signal, as in a shell
 * @param environment more of it
 */
public record CommandCheck(
    List<String> command,
    Arguments arguments,
    boolean dynamicWeight,
    Map<String, String> environment)
    implements ActiveCheck {

  /** What is appended to the command. */
  public enum Arguments {
    /** Nothing: keepalived's {@code MISC_CHECK}. */
    NONE,
    /**
     * The virtual address or the firewall mark, the virtual port (empty for a mark), the real
     * address, the real port: ldirectord's {@code checkcommand}.
     */
    LDIRECTORD
  }

  public CommandCheck {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    if (command.isEmpty() || command.get(0).isBlank()) {
      throw new IllegalArgumentException("external check without a program");
    }
    for (String word : command) {
      requireNoNul("argument", word);
    }
    for (var entry : environment.entrySet()) {
      String name = entry.getKey();
      if (name.isEmpty() || name.indexOf('=') >= 0) {
        throw new IllegalArgumentException(
            "external check environment '" + name + "' (expected: a name without =)");
      }
      requireNoNul("environment", name);
      requireNoNul("environment", entry.getValue());
    }
  }

  private static void requireNoNul(String what, String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "external check " + what + " with a NUL character (expected: none; no system takes it)");
    }
  }

  /** Exit status 0 is up; nothing is appended. */
  public static CommandCheck of(String... command) {
    return new CommandCheck(List.of(command), Arguments.NONE, false, Map.of());
  }

  /** As {@link #of}, with the four arguments of ldirectord. */
  public static CommandCheck ldirectord(String program) {
    return new CommandCheck(List.of(program), Arguments.LDIRECTORD, false, Map.of());
  }

  /** A line for {@code /bin/sh -c}, which sees appended arguments as {@code $1} to {@code $4}. */
  public static CommandCheck shell(String line) {
    return of("/bin/sh", "-c", line, "sh");
  }

  /** Exit status 2 to 255 tells a weight of 0 to 253. */
  public CommandCheck withDynamicWeight() {
    return new CommandCheck(command, arguments, true, environment);
  }

  @Override
  public String kind() {
    return "external";
  }

  @Override
  public CompletionStage<CheckResult> start(CheckAttempt attempt) {
    return new CommandRun(this, attempt).begin();
  }

  List<String> words(Subject subject) {
    if (arguments == Arguments.NONE) {
      return command;
    }
    List<String> words = new ArrayList<>(command);
    words.addAll(subject.ldirectordArguments());
    return words;
  }

  Map<String, String> variables(Subject subject) {
    Map<String, String> variables = new TreeMap<>(subject.variables());
    variables.putAll(environment);
    return variables;
  }

  CheckResult judge(int status, String firstLine) {
    String said = firstLine.isEmpty() ? "" : ": " + firstLine;
    if (status == 0) {
      return CheckResult.passed(firstLine.isEmpty() ? "exit status 0" : firstLine);
    }
    if (dynamicWeight && status >= 2 && status <= 255) {
      return CheckResult.passed("exit status " + status + said).withWeight(status - 2);
    }
    return CheckResult.failed("exit status " + status + said);
  }

  /** {@code external /usr/local/bin/check-web}; arguments may be secrets. */
  @Override
  public String toString() {
    return "external " + command.get(0);
  }
}
