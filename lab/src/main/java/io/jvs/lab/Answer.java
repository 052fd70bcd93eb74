package io.jvs.lab;

import java.util.Optional;

/**
 * What one request of {@link Topology} brought.
 *
 * @param server who answered ({@code s1} …), empty if nobody did in time
 * @param client the address that the server saw, without port
 * @param clientPort the port that it saw
 * @param asked the address that the server was asked on: its own with NAT, the VIP with DR and TUN
 * @param askedPort the port that it was asked on
 * @param text the server's echo of the request's number, or why there is no answer
 */
public record Answer(
    Optional<String> server,
    String client,
    int clientPort,
    String asked,
    int askedPort,
    String text) {

  /**
   * A line of {@code topology ask}: "s1 tcp 10.1.0.11 40000 10.2.0.100 80 1" or "- tcp refused".
   */
  static Answer parse(String line) {
    if (line.startsWith("- ")) {
      return new Answer(Optional.empty(), "", 0, "", 0, line.substring(2));
    }
    String[] part = line.split(" ", 7);
    if (part.length < 7) {
      throw new IllegalArgumentException("no answer of a real server: '" + line + "'");
    }
    return new Answer(
        Optional.of(part[0]),
        part[2],
        Integer.parseInt(part[3]),
        part[4],
        Integer.parseInt(part[5]),
        part[6]);
  }
}
