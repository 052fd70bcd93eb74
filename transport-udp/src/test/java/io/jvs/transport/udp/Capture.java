package io.jvs.transport.udp;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Packets of network devices, taken by dumpcap and read by tshark: what is really on the wire. */
final class Capture {
  private static final long CALM_NANOS = TimeUnit.MILLISECONDS.toNanos(700);

  private final Path file;
  private final Process dumpcap;
  private final long headBytes;

  private Capture(Path file, Process dumpcap) {
    this.file = file;
    this.dumpcap = dumpcap;
    this.headBytes = file.toFile().length();
  }

  /** Takes packets of UDP from now on, and fragments; skips the test where it cannot. */
  static Capture start(Namespace where, Path file, String... devices) {
    Namespace.assumeCommand("dumpcap", "wireshark-common");
    Namespace.assumeCommand("tshark", "tshark");
    return where.call(() -> start(file, devices));
  }

  private static Capture start(Path file, String... devices) throws IOException {
    List<String> command = new ArrayList<>(List.of("dumpcap", "-q", "-w", file.toString()));
    for (String device : devices) {
      command.addAll(List.of("-i", device));
    }
    Process dumpcap = new ProcessBuilder(command).redirectErrorStream(true).start();
    BufferedReader out = dumpcap.inputReader();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("File: ")) {
        return new Capture(file, dumpcap);
      }
    }
    throw new IOException("dumpcap does not start");
  }

  /** Ends it. */
  void stop() throws IOException, InterruptedException {
    awaitWritten();
    new ProcessBuilder("kill", "-INT", Long.toString(dumpcap.pid())).start().waitFor();
    if (!dumpcap.waitFor(20, TimeUnit.SECONDS)) {
      throw new IOException("dumpcap does not end");
    }
  }

  /** Of each packet that the display filter lets pass these fields, separated by spaces. */
  List<String> rows(String filter, String... fields) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("tshark", "-r", file.toString(), "-Y", filter));
    command.addAll(List.of("-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"));
    command.addAll(List.of("-o", "udp.try_heuristic_first:TRUE"));
    command.addAll(List.of("-T", "fields", "-E", "separator=/s"));
    for (String field : fields) {
      command.addAll(List.of("-e", field));
    }
    Process tshark =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String rows = new String(tshark.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (tshark.waitFor() != 0) {
      throw new IOException("tshark cannot read " + file);
    }
    return rows.lines().toList();
  }

  /** The kernel hands packets over after a while, and those that come after the end are lost. */
  private void awaitWritten() {
    long[] last = {file.toFile().length(), System.nanoTime()};
    Rig.await(
        "packets in " + file,
        () -> {
          long now = file.toFile().length();
          if (now != last[0]) {
            last[0] = now;
            last[1] = System.nanoTime();
          }
          return now > headBytes && System.nanoTime() - last[1] > CALM_NANOS;
        });
  }
}
