package io.jvs.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks a JVM of the same user about itself, as jcmd(1) does. */
public final class Jcmd {
  /** The last line of {@code GC.class_histogram}: objects, then bytes. */
  private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)\\s*$");

  private Jcmd() {}

  /**
   * What it answers.
   *
   * @param command such as {@code VM.native_memory}, and its arguments
   */
  public static String ask(long pid, String... command) throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    List<String> words = new ArrayList<>(List.of(jcmd.toString(), Long.toString(pid)));
    words.addAll(List.of(command));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("jcmd " + String.join(" ", command) + ": " + answer);
    }
    return answer;
  }

  /** Bytes of the objects that are still reachable after a collection, whatever collects. */
  public static long liveHeapBytes(long pid) throws IOException, InterruptedException {
    Matcher total = TOTAL.matcher(ask(pid, "GC.class_histogram"));
    if (!total.find()) {
      throw new IOException("no total in the answer of jcmd GC.class_histogram");
    }
    return Long.parseLong(total.group(1));
  }
}
