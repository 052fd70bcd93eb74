package io.jvs.launcher.configuration;

import io.jvs.scheduling.Scheduler;
import io.jvs.scheduling.Schedulers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the list of jars with own schedulers, and loads them, since services name what is there.
 */
final class PoliciesReader {
  private final PolicyJars jars;
  private final Path directory;

  PoliciesReader(PolicyJars jars, Path directory) {
    this.jars = jars;
    this.directory = directory;
  }

  Policies read(@Nullable Value list) {
    Schedulers schedulers = jars.present();
    List<Path> paths = new ArrayList<>();
    if (list == null) {
      return new Policies(paths, schedulers);
    }
    for (Value item : list.items("a list of jars, each starting with '- '")) {
      String text = item.text("the path of a jar");
      if (text == null) {
        continue;
      }
      try {
        Path jar = directory.resolve(text).normalize();
        for (Scheduler each : jars.open(jar)) {
          schedulers = schedulers.with(each);
        }
        paths.add(jar);
      } catch (IllegalArgumentException e) { // also the path, if it is none
        item.wrong("'" + text + "': " + e.getMessage());
      }
    }
    return new Policies(paths, schedulers);
  }
}
