package io.jvs.launcher.demo;

import java.io.Console;
import java.io.PrintWriter;
import java.util.List;

/** Shows a few lines again and again: in place on a terminal, one after the other elsewhere. */
final class Screen {
  private final PrintWriter out;
  private final boolean terminal;
  private int linesToReplace;

  Screen(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  boolean isTerminal() {
    return terminal;
  }

  /** Lines that stay. */
  void say(String... lines) {
    for (String line : lines) {
      out.println(line);
    }
    out.flush();
    linesToReplace = 0;
  }

  /** Lines that replace those of the call before, if nothing was said in between. */
  void show(List<String> lines) {
    if (terminal && linesToReplace > 0) {
      out.print("\u001b[" + linesToReplace + "A"); // cursor up
    }
    for (String line : lines) {
      out.print(terminal ? line + "\u001b[K" : line); // erase to the end of the line
      out.println();
    }
    out.flush();
    linesToReplace = lines.size();
  }

  /** Whether a person watches. Until Java 21 a console is always a terminal, later it says so. */
  @SuppressWarnings("SystemConsoleNull") // on 17 null is how it says that there is no terminal
  static boolean watched() {
    Console console = System.console();
    if (console == null || "dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return Runtime.version().feature() < 22;
    }
  }
}
