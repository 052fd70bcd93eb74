package io.jvs.benchmarks.pictures.health;

import io.jvs.benchmarks.pictures.Plot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.LogManager;

/** Draws {@code docs/pictures/health/NAME.svg} for docs/health.md. */
public final class HealthPictures {
  private HealthPictures() {}

  /** The command; its one argument is the folder. */
  public static void main(String[] args) throws IOException {
    if (args.length != 1) {
      System.err.println("usage: benchmarks/pictures (draws docs/pictures anew)");
      System.exit(2);
    }
    LogManager.getLogManager().reset(); // what happens to servers here is no news
    Path folder = Files.createDirectories(Path.of(args[0]));
    Map<String, String> all = all();
    for (Map.Entry<String, String> picture : all.entrySet()) {
      Files.writeString(
          folder.resolve(picture.getKey()), picture.getValue(), StandardCharsets.UTF_8);
    }
    System.out.println(folder + ": " + all.keySet());
  }

  /** SVG by file name. The same whenever and wherever it is called. */
  static Map<String, String> all() {
    Map<String, String> pictures = new TreeMap<>();
    pictures.put("flapping.svg", flapping());
    pictures.put("slow.svg", slow());
    pictures.put("fails-fast.svg", failsFast());
    pictures.put("oscillating.svg", oscillating());
    pictures.put("panic.svg", panic());
    pictures.put("recovery.svg", recovery());
    return pictures;
  }

  private static String flapping() {
    Scenario calm = Scenarios.flapping(true);
    Scenario hasty = Scenarios.flapping(false);
    return new Plot("weight of a server that flaps, then dies", calm.seconds(), 1.2)
        .band(20, 80, "dead 2 s in 5")
        .band(100, 140, "dead")
        .line("fall 1, rise 1", hasty.weight(0))
        .line("fall 3, rise 5, slow start", calm.weight(0))
        .svg();
  }

  private static String slow() {
    Scenario without = Scenarios.slow(false);
    Scenario with = Scenarios.slow(true);
    return new Plot("open calls on a server that takes ten times as long", 120, 40)
        .band(20, 80, "slow")
        .line("checks alone", without.open(0))
        .line("and in-band", with.open(0))
        .svg();
  }

  private static String failsFast() {
    Scenario without = Scenarios.failsFast(false);
    Scenario with = Scenarios.failsFast(true);
    return new Plot("failed calls in percent, one of five servers fails fast, wlc", 120, 60)
        .band(20, 80, "answers 500 at once")
        .line("checks each 10 s", without.failures())
        .line("and in-band", with.failures())
        .svg();
  }

  private static String oscillating() {
    Scenario raw = Scenarios.oscillating(false);
    Scenario damped = Scenarios.oscillating(true);
    return new Plot("weight under a load that is told as 2 and 0.5 by turns", 120, 2.4)
        .line("as told", raw.weight(0))
        .line("smoothed, small steps", damped.weight(0))
        .svg();
  }

  private static String panic() {
    Scenario without = Scenarios.panic(false);
    Scenario with = Scenarios.panic(true);
    return new Plot("share of each healthy server in percent, checks of six of ten lie", 100, 30)
        .band(20, 80, "checks lie, one more each 5 s")
        .line("believed", without.share(9))
        .line("panic below 50 %", with.share(9))
        .svg();
  }

  private static String recovery() {
    Scenario at = Scenarios.recovery(false);
    Scenario slowly = Scenarios.recovery(true);
    return new Plot("calls per second on one of five servers that come back together", 120, 40)
        .band(10, 40, "five of ten dead")
        .line("at once", perSecond(at))
        .line("slow start, 40 s", perSecond(slowly))
        .svg();
  }

  private static List<Double> perSecond(Scenario scenario) {
    return scenario.share(0).stream().map(p -> p * HealthWorld.CALLS_PER_SECOND / 100).toList();
  }
}
