package io.jvs.benchmarks.pictures;

import io.jvs.scheduling.Schedulers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.LogManager;

/** Draws {@code docs/pictures/NAME.svg} for every built-in policy. */
public final class SchedulerPictures {
  private SchedulerPictures() {}

  /** The command; its one argument is the folder. */
  public static void main(String[] args) throws IOException {
    if (args.length != 1) {
      System.err.println("usage: benchmarks/pictures (draws docs/pictures anew)");
      System.exit(2);
    }
    LogManager.getLogManager().reset(); // what happens to servers here is no news
    Path folder = Files.createDirectories(Path.of(args[0]));
    for (Map.Entry<String, String> picture : all().entrySet()) {
      Files.writeString(
          folder.resolve(picture.getKey()), picture.getValue(), StandardCharsets.UTF_8);
    }
    System.out.println(folder + ": " + all().keySet());
  }

  /** SVG by file name. The same whenever and wherever it is called. */
  static Map<String, String> all() {
    Map<String, String> pictures = new TreeMap<>();
    for (String policy : Schedulers.builtIn().names()) {
      pictures.put(policy + ".svg", Drawing.of(policy, Course.of(policy)));
    }
    return pictures;
  }
}
