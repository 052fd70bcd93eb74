package io.jvs.benchmarks.pictures;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * One {@link Course} as SVG: shares on the left, open connections on the right. No background, and
 * colours of middle lightness, so that it can be read on white and on black.
 */
final class Drawing {
  private static final int WIDTH = 760;
  private static final int HEIGHT = 240;
  private static final String GREY = "#7d8590";
  private static final List<String> COLOURS =
      List.of("#3d8fd1", "#d9730d", "#2a9d6f", "#d0559b", "#8f73e0");

  private static final int BARS_LEFT = 44;
  private static final int BARS_WIDTH = 150;
  private static final int BARS_TOP = 44;
  private static final int BAR_STEP = 32;
  private static final double WIDEST_SHARE = 0.5;

  private static final int PLOT_LEFT = 300;
  private static final int PLOT_RIGHT = 735;
  private static final int PLOT_TOP = 44;
  private static final int PLOT_BOTTOM = 204;

  private final StringBuilder svg = new StringBuilder();
  private final Course course;

  private Drawing(Course course) {
    this.course = course;
  }

  static String of(String policy, Course course) {
    Drawing drawing = new Drawing(course);
    drawing.svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
                + " height=\"%d\" font-family=\"sans-serif\" font-size=\"12\" fill=\"%s\">\n"
                + "<title>%s: share of new connections, and open connections over time</title>\n",
            WIDTH,
            HEIGHT,
            WIDTH,
            HEIGHT,
            GREY,
            policy));
    drawing.shares();
    drawing.plot();
    return drawing.svg.append("</svg>\n").toString();
  }

  private static String name(int server) {
    return String.valueOf((char) ('A' + server));
  }

  private void shares() {
    text(0, 16, "start", "share of new connections");
    text(0, 31, "start", "| by weight");
    int weights = World.WEIGHTS.stream().mapToInt(w -> w).sum();
    double widest = WIDEST_SHARE;
    for (double share : course.shares()) {
      widest = Math.max(widest, share);
    }
    for (int i = 0; i < course.shares().size(); i++) {
      double share = course.shares().get(i);
      int top = BARS_TOP + i * BAR_STEP;
      text(0, top + 15, "start", name(i) + "  " + World.WEIGHTS.get(i));
      rectangle(BARS_LEFT, top, share / widest * BARS_WIDTH, 20, COLOURS.get(i), 0.85);
      double fair = BARS_LEFT + World.WEIGHTS.get(i) / (double) weights / widest * BARS_WIDTH;
      line(fair, top - 4, fair, top + 24, GREY, 2);
      text(
          BARS_LEFT + BARS_WIDTH + 50,
          top + 15,
          "end",
          String.format(Locale.ROOT, "%.1f %%", share * 100));
    }
    if (course.refused() > 0) {
      text(
          0,
          BARS_TOP + 5 * BAR_STEP + 15,
          "start",
          String.format(Locale.ROOT, "refused: %.1f %%", course.refused() * 100));
    }
  }

  private void plot() {
    text(PLOT_LEFT, 16, "start", "open connections");
    band(
        Course.SLOW_FROM,
        Course.SLOW_TO,
        name(Course.SLOW_SERVER) + " " + Course.SLOWNESS + "× slower");
    band(Course.DOWN_FROM, Course.DOWN_TO, name(Course.DOWN_SERVER) + " down");
    if (course.refusedWhileDown() > 0) {
      text(
          x(Course.DOWN_FROM) + 4,
          PLOT_TOP - 13,
          "start",
          String.format(Locale.ROOT, "refused: %.0f %%", course.refusedWhileDown() * 100));
    }
    double most = 0;
    for (double[] step : course.open()) {
      for (double count : step) {
        most = Math.max(most, count);
      }
    }
    int top = roundUp(most);
    for (int tick = 0; tick <= 2; tick++) {
      double count = top * tick / 2.0;
      line(PLOT_LEFT, y(count, top), PLOT_RIGHT, y(count, top), GREY, tick == 0 ? 1 : 0.3);
      text(PLOT_LEFT - 6, y(count, top) + 4, "end", String.format(Locale.ROOT, "%.0f", count));
    }
    for (int second = 0; second <= Course.SECONDS; second += 20) {
      text(x(second), PLOT_BOTTOM + 17, "middle", second + (second == 0 ? " s" : ""));
    }
    List<Label> labels = new ArrayList<>();
    for (int i = 0; i < course.shares().size(); i++) {
      StringBuilder points = new StringBuilder();
      double last = 0;
      for (int step = 0; step < course.open().size(); step++) {
        last = y(course.open().get(step)[i], top);
        points.append(
            String.format(Locale.ROOT, "%.1f,%.1f ", x((step + 0.5) * Course.STEP_SECONDS), last));
      }
      svg.append(
          String.format(
              Locale.ROOT,
              "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.8\""
                  + " stroke-linejoin=\"round\"/>\n",
              points.toString().strip(),
              COLOURS.get(i)));
      labels.add(new Label(i, last));
    }
    labels(labels);
  }

  /** At the ends of the lines, moved apart where they would cover each other. */
  private void labels(List<Label> labels) {
    labels.sort(Comparator.comparingDouble(Label::y).thenComparingInt(Label::server).reversed());
    double below = Double.MAX_VALUE;
    for (Label label : labels) {
      below = Math.min(label.y() + 4, below - 12);
      svg.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%d\" y=\"%.1f\" fill=\"%s\" font-weight=\"bold\">%s</text>\n",
              PLOT_RIGHT + 6,
              below,
              COLOURS.get(label.server()),
              name(label.server())));
    }
  }

  private record Label(int server, double y) {}

  /** To 1, 2 or 5 times ten, or what is between, so that a half is a whole number too. */
  private static int roundUp(double value) {
    for (int scale = 1; ; scale *= 10) {
      for (int step : new int[] {2, 4, 6, 8, 10}) {
        if (value <= (double) step * scale) {
          return step * scale;
        }
      }
    }
  }

  private void band(int from, int to, String label) {
    rectangle(x(from), PLOT_TOP, x(to) - x(from), PLOT_BOTTOM - PLOT_TOP, GREY, 0.15);
    text(x(from) + 4, PLOT_TOP - 2, "start", label);
  }

  private static double x(double second) {
    return PLOT_LEFT + second / Course.SECONDS * (PLOT_RIGHT - PLOT_LEFT);
  }

  private static double y(double count, int top) {
    return PLOT_BOTTOM - count / top * (PLOT_BOTTOM - PLOT_TOP);
  }

  private void text(double x, double y, String anchor, String words) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n",
            x,
            y,
            anchor,
            words));
  }

  private void line(double x1, double y1, double x2, double y2, String colour, double width) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\""
                + " stroke-width=\"%.1f\"/>\n",
            x1,
            y1,
            x2,
            y2,
            colour,
            width));
  }

  private void rectangle(
      double x, double y, double width, double height, String colour, double opacity) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\""
                + " fill-opacity=\"%.2f\"/>\n",
            x,
            y,
            width,
            height,
            colour,
            opacity));
  }
}
