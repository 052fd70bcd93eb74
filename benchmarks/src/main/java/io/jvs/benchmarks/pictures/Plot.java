package io.jvs.benchmarks.pictures;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Lines over time as SVG. No background, and colours of middle lightness, so that it can be read on
 * white and on black.
 */
public final class Plot {
  private static final int WIDTH = 760;
  private static final int HEIGHT = 230;
  private static final int LEFT = 50;
  private static final int RIGHT = 600;
  private static final int TOP = 40;
  private static final int BOTTOM = 195;
  private static final int LONG_SECONDS = 600; // from here on minutes are written
  private static final String GREY = "#7d8590";
  private static final List<String> COLOURS =
      List.of("#3d8fd1", "#d9730d", "#2a9d6f", "#d0559b", "#8f73e0", "#b08a00");

  private final String title;
  private final int seconds;
  private final double most;
  private final List<Line> lines = new ArrayList<>();
  private final List<Band> bands = new ArrayList<>();

  private record Line(String name, List<Double> values) {}

  private record Band(double from, double to, String label) {}

  /**
   * @param seconds from left to right
   * @param most the top of the scale
   */
  public Plot(String title, int seconds, double most) {
    this.title = title;
    this.seconds = seconds;
    this.most = most;
  }

  /** Values at equal distances from 0 to the end. */
  public Plot line(String name, List<Double> values) {
    lines.add(new Line(name, List.copyOf(values)));
    return this;
  }

  /** A span of time with a name. */
  public Plot band(double from, double to, String label) {
    bands.add(new Band(from, to, label));
    return this;
  }

  /** The picture. */
  public String svg() {
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
                + " height=\"%d\" font-family=\"sans-serif\" font-size=\"12\" fill=\"%s\">\n"
                + "<title>%s</title>\n",
            WIDTH,
            HEIGHT,
            WIDTH,
            HEIGHT,
            GREY,
            title));
    text(svg, LEFT, 16, "start", title);
    for (Band band : bands) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\""
                  + " fill-opacity=\"0.15\"/>\n",
              x(band.from()),
              TOP,
              x(band.to()) - x(band.from()),
              BOTTOM - TOP,
              GREY));
      text(svg, x(band.from()) + 2, TOP - 4, "start", band.label());
    }
    for (int tick = 0; tick <= 2; tick++) {
      double value = most * tick / 2;
      svg.append(
          String.format(
              Locale.ROOT,
              "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"%s\""
                  + " stroke-width=\"%s\"/>\n",
              LEFT,
              y(value),
              RIGHT,
              y(value),
              GREY,
              tick == 0 ? "1" : "0.3"));
      text(svg, LEFT - 6, y(value) + 4, "end", number(value));
    }
    boolean minutes = seconds >= LONG_SECONDS;
    int step = minutes ? 300 : seconds > 120 ? 30 : 20;
    for (int second = 0; second <= seconds; second += step) {
      String time = String.valueOf(minutes ? second / 60 : second);
      text(
          svg,
          x(second),
          BOTTOM + 17,
          "middle",
          time + (second > 0 ? "" : minutes ? " min" : " s"));
    }
    for (int i = 0; i < lines.size(); i++) {
      draw(svg, lines.get(i), COLOURS.get(i % COLOURS.size()), TOP + 10 + i * 17);
    }
    return svg.append("</svg>\n").toString();
  }

  private void draw(StringBuilder svg, Line line, String colour, int legend) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < line.values().size(); i++) {
      double second = (double) seconds * i / Math.max(1, line.values().size() - 1);
      points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(second), y(line.values().get(i))));
    }
    svg.append(
        String.format(
            Locale.ROOT,
            "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.6\""
                + " stroke-linejoin=\"round\"/>\n<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>\n",
            points.toString().strip(),
            colour,
            RIGHT + 10,
            legend,
            colour,
            line.name()));
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.2g", value);
  }

  private static void text(StringBuilder svg, double x, double y, String anchor, String words) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n",
            x,
            y,
            anchor,
            words));
  }

  private double x(double second) {
    return LEFT + second / seconds * (RIGHT - LEFT);
  }

  private double y(double value) {
    return BOTTOM - Math.min(value, most) / most * (BOTTOM - TOP);
  }
}
