package io.jvs.kernel.ipvs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tables as text, one command of ipvsadm(8) a line. {@link #write} keeps all: thresholds, timeouts,
 * sync daemons and the order of destinations, which {@code ipvsadm -S} loses; {@code ipvsadm -R}
 * reads what it writes, but for rows that ipvsadm(8) could not have made, which carry the option
 * {@code --as-is}. {@link #writeAsIpvsadm} writes what {@code ipvsadm -S -n} writes, byte for byte.
 * {@link #read} reads both, and whatever else {@code ipvsadm -R} takes that changes the table.
 */
public final class SaveFormat {
  private static final int LONGEST_QUOTE = 120;

  private SaveFormat() {}

  /** All that the table holds. */
  public static String write(SavedTable table) {
    return write(table.commands());
  }

  /** One command a line. */
  public static String write(List<? extends IpvsCommand> commands) {
    StringBuilder out = new StringBuilder();
    commands.forEach(command -> out.append(CommandText.of(command)).append('\n'));
    return out.toString();
  }

  /** Services and destinations, sorted, without thresholds. */
  public static String writeAsIpvsadm(SavedTable table) {
    StringBuilder out = new StringBuilder();
    for (SavedTable.Service each :
        IpvsadmOrder.services(table.services(), s -> s.service().key())) {
      String service = CommandText.service(each.service(), false);
      out.append("-A ").append(signedMark(service)).append('\n');
      for (IpvsDestination destination : IpvsadmOrder.destinations(each.destinations(), d -> d)) {
        String text = CommandText.destination(each.service().key(), destination, false);
        out.append("-a ").append(signedMark(text)).append('\n');
      }
    }
    return out.toString();
  }

  /** ipvsadm(8) prints marks above 2147483647 as negative numbers. */
  private static String signedMark(String text) {
    if (!text.startsWith("-f ")) {
      return text;
    }
    int end = text.indexOf(' ', 3);
    return "-f " + Integer.parseUnsignedInt(text, 3, end, 10) + text.substring(end);
  }

  /** Without asking anybody for names. */
  public static List<SavedLine> read(String text) throws SaveFormatException {
    return read(text, Names.NONE);
  }

  /**
   * Reads commands; empty lines and lines that begin with {@code #} count for nothing.
   *
   * @throws SaveFormatException if a line is wrong, with all lines that are
   */
  public static List<SavedLine> read(String text, Names names) throws SaveFormatException {
    List<SavedLine> lines = new ArrayList<>();
    List<SaveFormatException.Problem> problems = new ArrayList<>();
    int number = 0;
    for (String each : text.split("\n", -1)) {
      number++;
      String line = each.strip();
      List<String> words = new ArrayList<>(Arrays.asList(line.split("[ \t\r]+")));
      while (!words.isEmpty() && (words.get(0).isEmpty() || words.get(0).equals("ipvsadm"))) {
        words.remove(0);
      }
      if (words.isEmpty() || line.startsWith("#")) {
        continue;
      }
      try {
        lines.add(new SavedLine(number, line, SaveLineReader.read(words, names)));
      } catch (IllegalArgumentException e) {
        problems.add(problem(number, line, String.valueOf(e.getMessage())));
      }
    }
    if (!problems.isEmpty()) {
      throw new SaveFormatException(problems);
    }
    return lines;
  }

  /**
   * The table that these commands make of an empty one.
   *
   * @throws SaveFormatException if one could not be carried out, such as adding what is there
   */
  public static SavedTable table(List<SavedLine> lines) throws SaveFormatException {
    TableModel model = new TableModel();
    List<SaveFormatException.Problem> problems = new ArrayList<>();
    for (SavedLine line : lines) {
      try {
        model.execute(line.command());
      } catch (IllegalArgumentException e) {
        problems.add(problem(line.number(), line.text(), String.valueOf(e.getMessage())));
      }
    }
    if (!problems.isEmpty()) {
      throw new SaveFormatException(problems);
    }
    return model.table();
  }

  private static SaveFormatException.Problem problem(int number, String line, String message) {
    String shown = line.length() > LONGEST_QUOTE ? line.substring(0, LONGEST_QUOTE) + "…" : line;
    return new SaveFormatException.Problem(number, printable(shown), printable(message));
  }

  /** Files may hold anything, and terminals obey some of it. */
  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
