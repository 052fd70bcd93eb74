package io.jvs.transport.tcp;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Packets of TCP on loopback, taken by dumpcap and read by tshark: what is really on the wire. */
final class Capture {
  private static final int FIN = 1; // RFC 9293, section 3.1
  private static final int RST = 4;

  private static final long CALM_NANOS = TimeUnit.MILLISECONDS.toNanos(700);

  private final Path file;
  private final Process dumpcap;
  private final long headBytes;

  /**
   * @param seq relative to the first of its direction, so the first byte has 1
   */
  record Packet(int from, int to, int flags, long seq, int bytes) {
    boolean isFin() {
      return (flags & FIN) != 0;
    }

    boolean isReset() {
      return (flags & RST) != 0;
    }

    /** How many bytes its sender had sent, this packet included. */
    long sent() {
      return seq - 1 + bytes;
    }
  }

  private Capture(Path file, Process dumpcap) {
    this.file = file;
    this.dumpcap = dumpcap;
    this.headBytes = file.toFile().length();
  }

  /** Takes packets from now on. */
  static Capture start(Path file) throws IOException {
    Process dumpcap =
        new ProcessBuilder("dumpcap", "-q", "-i", "lo", "-s", "256", "-w", file.toString())
            .redirectErrorStream(true)
            .start();
    BufferedReader out = dumpcap.inputReader();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("File: ")) {
        return new Capture(file, dumpcap);
      }
    }
    throw new IOException("dumpcap does not start");
  }

  /** Ends it and returns all packets of TCP in their order. */
  List<Packet> stop() throws IOException, InterruptedException {
    awaitWritten();
    new ProcessBuilder("kill", "-INT", Long.toString(dumpcap.pid())).start().waitFor();
    if (!dumpcap.waitFor(20, TimeUnit.SECONDS)) {
      throw new IOException("dumpcap does not end");
    }
    return rows("tcp", "tcp.srcport", "tcp.dstport", "tcp.flags", "tcp.seq", "tcp.len").stream()
        .map(Capture::packet)
        .toList();
  }

  /** After the end: these fields of each packet that the display filter lets pass, with commas. */
  List<String> rows(String filter, String... fields) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("tshark", "-r", file.toString(), "-Y", filter));
    command.addAll(List.of("-T", "fields", "-E", "separator=,"));
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
    Sockets.await(
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

  private static Packet packet(String row) {
    String[] fields = row.split(",", -1);
    return new Packet(
        Integer.parseInt(fields[0]),
        Integer.parseInt(fields[1]),
        Integer.decode(fields[2]),
        Long.parseLong(fields[3]),
        Integer.parseInt(fields[4]));
  }
}
