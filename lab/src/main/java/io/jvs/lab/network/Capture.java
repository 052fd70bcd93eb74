package io.jvs.lab.network;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Packets of network devices, taken by dumpcap and read by tshark: what is really on the wire. */
public final class Capture {
  private static final int WHOLE = 0; // as dumpcap has it
  private static final long CALM_NANOS = TimeUnit.MILLISECONDS.toNanos(700);

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final Path file;
  private final Process dumpcap;
  private final long headBytes;

  private Capture(Path file, Process dumpcap) {
    this.file = file;
    this.dumpcap = dumpcap;
    this.headBytes = file.toFile().length();
  }

  /** Skips the test where there is nothing to take packets with, or to read them. */
  public static void needed() {
    Needed.command("dumpcap", "wireshark-common");
    Needed.command("tshark", "tshark");
  }

  /**
   * Takes all packets of devices from now on; skips the test where it cannot.
   *
   * @param where the devices are
   * @param file to be made
   * @param devices by name
   */
  public static Capture start(Namespace where, Path file, String... devices) {
    needed();
    return where.call(() -> start(file, WHOLE, devices));
  }

  /**
   * Takes packets of devices of this thread's own network from now on.
   *
   * @param file to be made
   * @param bytes that are kept of each packet, from its start
   * @param devices by name
   * @throws IOException if dumpcap does not start
   */
  public static Capture start(Path file, int bytes, String... devices) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of("dumpcap", "-q", "-s", Integer.toString(bytes), "-w", file.toString()));
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
    dumpcap.destroyForcibly();
    throw new IOException("dumpcap does not start");
  }

  /**
   * Ends it, once no more packets come; there must be one.
   *
   * @throws IOException if dumpcap does not end
   * @throws InterruptedException while waiting
   */
  public void stop() throws IOException, InterruptedException {
    try {
      awaitWritten();
      new ProcessBuilder("kill", "-INT", Long.toString(dumpcap.pid())).start().waitFor();
      if (!dumpcap.waitFor(20, TimeUnit.SECONDS)) {
        throw new IOException("dumpcap does not end");
      }
    } finally {
      dumpcap.destroyForcibly();
    }
  }

  /**
   * After the end: of each packet these fields, separated by spaces.
   *
   * @param filter which packets, as tshark's display filter
   * @param fields by tshark's names
   * @throws IOException if tshark cannot read it
   * @throws InterruptedException while waiting
   */
  public List<String> rows(String filter, String... fields)
      throws IOException, InterruptedException {
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
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    long size = file.toFile().length();
    long since = System.nanoTime();
    while (size <= headBytes || System.nanoTime() - since <= CALM_NANOS) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("no packets in " + file + ", or no end of them");
      }
      LockSupport.parkNanos(1_000_000);
      long now = file.toFile().length();
      if (now != size) {
        size = now;
        since = System.nanoTime();
      }
    }
  }
}
