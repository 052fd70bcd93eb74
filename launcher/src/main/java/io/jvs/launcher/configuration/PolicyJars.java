package io.jvs.launcher.configuration;

import io.jvs.scheduling.Scheduler;
import io.jvs.scheduling.Schedulers;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.jar.JarFile;
import java.util.zip.ZipException;

/**
 * Schedulers from jars that a configuration file names. A jar is opened once and stays open, and so
 * what runs stays what it was when the file is read again, even if the jar is replaced meanwhile.
 * Not for use by several threads.
 */
public final class PolicyJars {
  static final String SERVICE = "META-INF/services/" + Scheduler.class.getName();

  private final Schedulers present;
  private final Map<Path, List<Scheduler>> opened = new HashMap<>();

  /**
   * @param present those that are there without any jar
   */
  public PolicyJars(Schedulers present) {
    this.present = present;
  }

  Schedulers present() {
    return present;
  }

  /**
   * What a jar offers, one or more.
   *
   * @throws IllegalArgumentException if it offers nothing that can be used; says why
   */
  List<Scheduler> open(Path jar) {
    List<Scheduler> known = opened.get(jar);
    if (known == null) {
      check(jar);
      known = load(jar);
      opened.put(jar, known);
    }
    return known;
  }

  private static void check(Path jar) {
    if (!Files.exists(jar)) {
      throw new IllegalArgumentException(
          "no such file (expected: a jar; a path goes from the directory of the configuration file"
              + " on)");
    }
    if (Files.isDirectory(jar)) {
      throw new IllegalArgumentException("a directory (expected: a jar)");
    }
    try (JarFile file = new JarFile(jar.toFile())) {
      if (file.getEntry(SERVICE) == null) {
        throw new IllegalArgumentException(
            "offers no scheduler (expected: a file " + SERVICE + " in it that names one)");
      }
    } catch (ZipException e) {
      throw new IllegalArgumentException(
          "not a jar: " + e.getMessage() + " (expected: a jar that offers a scheduler)", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "cannot be read: " + e.getMessage() + " (expected: a jar)", e);
    }
  }

  private static List<Scheduler> load(Path jar) {
    List<Scheduler> offered = new ArrayList<>();
    URLClassLoader loader =
        new URLClassLoader(new URL[] {url(jar)}, Scheduler.class.getClassLoader());
    try {
      for (var provider : ServiceLoader.load(Scheduler.class, loader).stream().toList()) {
        if (provider.type().getClassLoader() == loader) { // the parent's are present anyway
          offered.add(provider.get());
        }
      }
    } catch (ServiceConfigurationError | LinkageError e) {
      close(loader);
      Throwable cause = e.getCause();
      throw new IllegalArgumentException(
          "offers a scheduler that cannot be used: "
              + e.getMessage()
              + (cause == null ? "" : ": " + cause)
              + " (expected: a public class with a constructor without parameters, for Java "
              + Runtime.version().feature()
              + " or older)",
          e);
    }
    if (offered.isEmpty()) {
      close(loader);
      throw new IllegalArgumentException(
          "offers no scheduler (expected: the name of a class of it in " + SERVICE + ")");
    }
    return List.copyOf(offered);
  }

  private static URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("no URL: " + e.getMessage() + " (expected: a path)", e);
    }
  }

  private static void close(URLClassLoader loader) {
    try {
      loader.close();
    } catch (IOException e) {
      // it is of no use already, and the way it came about is told
    }
  }
}
