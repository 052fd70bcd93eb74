package io.jvs.model;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Status codes of HTTP: those that are fine, or those that are not, as whoever holds it says.
 *
 * @param ranges one or more
 */
public record StatusRanges(List<Range> ranges) {
  private static final Pattern FORM = Pattern.compile("(\\d{3})(?:-(\\d{3}))?");

  /** 200 to 399, as haproxy's {@code httpchk}. */
  public static final StatusRanges DEFAULT = parse("200-399");

  public StatusRanges {
    ranges = List.copyOf(ranges);
    if (ranges.isEmpty()) {
      throw new IllegalArgumentException("no status (expected: one or more, such as 200-299)");
    }
  }

  /**
   * From one code to another, both included.
   *
   * @param from 100 to 599
   * @param to {@code from} to 599
   */
  public record Range(int from, int to) {
    public Range {
      if (from < 100 || to > 599 || from > to) {
        throw new IllegalArgumentException(
            "status " + text(from, to) + " (expected: 100 to 599, the smaller first)");
      }
    }

    @Override
    public String toString() {
      return text(from, to);
    }

    private static String text(int from, int to) {
      return from == to ? Integer.toString(from) : from + "-" + to;
    }
  }

  /**
   * Reads codes and ranges, with blanks or commas between them.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  public static StatusRanges parse(String text) {
    List<Range> ranges = new ArrayList<>();
    for (String each : text.strip().split("[ ,]+", -1)) {
      Matcher matcher = FORM.matcher(each);
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            "status '" + text + "' (expected: codes and ranges, such as 200-299 404)");
      }
      int from = Integer.parseInt(matcher.group(1));
      int to = matcher.group(2) == null ? from : Integer.parseInt(matcher.group(2));
      ranges.add(new Range(from, to));
    }
    return new StatusRanges(ranges);
  }

  /** Neither locks nor allocates. */
  public boolean contains(int status) {
    for (int i = 0; i < ranges.size(); i++) { // no iterator: asked for each connection
      Range each = ranges.get(i);
      if (status >= each.from() && status <= each.to()) {
        return true;
      }
    }
    return false;
  }

  /** {@code 200-299 404}. */
  @Override
  public String toString() {
    return ranges.stream().map(Range::toString).collect(Collectors.joining(" "));
  }
}
