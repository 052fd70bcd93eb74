package io.jvs.launcher.control;

import io.jvs.model.SocketAddresses;
import io.jvs.transport.LiveConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Connections and UDP flows of a running director as JSON says it.
 *
 * @param present how many there are
 * @param selected how many of them were asked about
 * @param connections of these as many as were wanted, in the order that was wanted
 */
public record ConnectionsReport(int present, int selected, List<Row> connections) {
  public ConnectionsReport {
    connections = List.copyOf(connections);
  }

  /**
   * One of them.
   *
   * @param id 16 hexadecimal digits, the same as in the connection log
   * @param protocol {@code tcp}, or {@code udp} for a flow
   * @param server whose turn it is, or null while none is chosen
   * @param state {@code waiting}, {@code connecting}, {@code open} or {@code closing}; of a flow
   *     {@code unanswered} or {@code open}
   * @param ageMs since the client arrived
   * @param idleMs how long no byte has moved, to some hundreds; null if it is not connected or the
   *     engine does not know
   * @param attempts real servers that it has been offered to
   * @param bytesIn payload from the client
   * @param bytesOut payload to the client
   */
  public record Row(
      String id,
      String service,
      String protocol,
      String client,
      String virtualAddress,
      @Nullable String server,
      String state,
      long ageMs,
      @Nullable Long idleMs,
      int attempts,
      long bytesIn,
      long bytesOut) {

    private static Row of(LiveConnection connection) {
      Duration idle = connection.idle();
      return new Row(
          connection.idText(),
          connection.service(),
          connection.protocol().toString(),
          SocketAddresses.format(connection.client()),
          SocketAddresses.format(connection.virtualAddress()),
          connection.server() == null ? null : connection.server().name(),
          connection.state().toString(),
          connection.age().toMillis(),
          idle == null ? null : idle.toMillis(),
          connection.attempts(),
          connection.bytesFromClient(),
          connection.bytesToClient());
    }
  }

  /** Keeps no more of them at a time than are to be shown, however many there are. */
  public static ConnectionsReport of(Stream<LiveConnection> all, ConnectionSelection selection) {
    PriorityQueue<LiveConnection> first = new PriorityQueue<>(selection.order().reversed());
    int[] counts = new int[2];
    all.forEach(
        connection -> {
          counts[0]++;
          if (selection.which().test(connection)) {
            counts[1]++;
            first.add(connection);
            if (first.size() > selection.limit()) {
              first.remove();
            }
          }
        });
    List<LiveConnection> shown = new ArrayList<>(first);
    shown.sort(selection.order());
    return new ConnectionsReport(counts[0], counts[1], shown.stream().map(Row::of).toList());
  }
}
