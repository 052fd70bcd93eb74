package io.jvs.kernel.ipvs;

import io.jvs.kernel.netlink.AnswersLostException;
import io.jvs.kernel.netlink.Errno;
import io.jvs.kernel.netlink.GenericNetlink;
import io.jvs.kernel.netlink.NetlinkError;
import io.jvs.kernel.netlink.NetlinkException;
import io.jvs.kernel.netlink.NetlinkSocket;
import io.jvs.kernel.netlink.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The table of the kernel, over generic netlink. */
final class KernelIpvsTable implements IpvsTable {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** For 256 KiB of requests at once, and an error for each of them. */
  private static final int BUFFER = 4 * 1024 * 1024;

  private final GenericNetlink netlink;

  private KernelIpvsTable(GenericNetlink netlink) {
    this.netlink = netlink;
  }

  static KernelIpvsTable open() throws IOException {
    return open(
        NetlinkSocket.open(
            NetlinkSocket.NETLINK_GENERIC,
            TIMEOUT,
            BUFFER,
            BUFFER,
            NetlinkSocket.LONGEST_DATAGRAM));
  }

  /** Takes over {@code wire}, also if it fails. */
  static KernelIpvsTable open(Wire wire) throws IOException {
    try {
      return new KernelIpvsTable(GenericNetlink.open(wire, IpvsAttribute.FAMILY_NAME));
    } catch (NetlinkException e) {
      wire.close();
      throw refused("open the IPVS table", e);
    } catch (IOException e) {
      wire.close();
      throw e;
    }
  }

  @Override
  public IpvsInfo info() throws IOException {
    return ask(
        "read the version",
        IpvsAttribute.GET_INFO,
        null,
        (command, attributes) -> IpvsAnswers.info(attributes));
  }

  @Override
  public List<ServiceRow> services() throws IOException {
    return withoutRepeats(
        dump(
            "list the services",
            IpvsAttribute.GET_SERVICE,
            null,
            (command, attributes) -> IpvsAnswers.service(attributes)),
        row -> row.service().key());
  }

  @Override
  public @Nullable ServiceRow service(ServiceKey key) throws IOException {
    try {
      return ask(
          "read service " + key,
          IpvsAttribute.GET_SERVICE,
          key,
          (command, attributes) -> IpvsAnswers.service(attributes));
    } catch (IpvsException e) {
      if (e.errno() == Errno.ESRCH) {
        return null;
      }
      throw e;
    }
  }

  @Override
  public List<DestinationRow> destinations(ServiceKey service) throws IOException {
    return withoutRepeats(
        dump(
            "list the servers of " + service,
            IpvsAttribute.GET_DEST,
            service,
            (command, attributes) -> IpvsAnswers.destination(attributes, service.family())),
        row -> row.destination().address());
  }

  @Override
  public IpvsTimeouts timeouts() throws IOException {
    return ask(
        "read the timeouts",
        IpvsAttribute.GET_CONFIG,
        null,
        (command, attributes) -> IpvsAnswers.timeouts(attributes));
  }

  @Override
  public List<SyncDaemon> daemons() throws IOException {
    return dump(
        "list the sync daemons",
        IpvsAttribute.GET_DAEMON,
        null,
        (command, attributes) -> IpvsAnswers.daemon(attributes));
  }

  @Override
  public List<@Nullable IpvsException> execute(List<? extends IpvsCommand> commands)
      throws IOException {
    List<@Nullable NetlinkError> errors;
    try {
      errors = netlink.<IpvsCommand>execute(commands, IpvsRequests::write);
    } catch (AnswersLostException e) {
      throw new IpvsException(
          0,
          commands.size()
              + " commands, the first: "
              + IpvsErrors.describe(commands.get(0))
              + ": "
              + e.getMessage()
              + "; the kernel has carried out some or all of them: read the table again");
    } catch (NetlinkException e) {
      throw refused(commands.size() + " commands", e);
    }
    List<@Nullable IpvsException> results = new ArrayList<>(errors.size());
    for (int i = 0; i < errors.size(); i++) {
      NetlinkError error = errors.get(i);
      results.add(error == null ? null : IpvsErrors.refused(commands.get(i), error));
    }
    return results;
  }

  private <T> T ask(
      String what, int command, @Nullable ServiceKey key, GenericNetlink.Decoder<T> decoder)
      throws IOException {
    try {
      return netlink.ask(
          new Question(command, key),
          (ask, out) -> IpvsRequests.ask(ask.command, ask.key, out),
          decoder);
    } catch (NetlinkException e) {
      throw refused(what, e);
    }
  }

  private <T> List<T> dump(
      String what, int command, @Nullable ServiceKey key, GenericNetlink.Decoder<T> decoder)
      throws IOException {
    try {
      return netlink.dump(
          new Question(command, key),
          (ask, out) -> IpvsRequests.ask(ask.command, ask.key, out),
          decoder);
    } catch (NetlinkException e) {
      throw refused(what, e);
    }
  }

  private record Question(int command, @Nullable ServiceKey key) {}

  /**
   * The kernel goes on by counting where it stopped, so what is added meanwhile pushes an entry
   * into the next message once more (ip_vs_genl_dump_dests).
   */
  private static <T, K> List<T> withoutRepeats(List<T> rows, Function<T, K> key) {
    Set<K> seen = new HashSet<>(2 * rows.size());
    rows.removeIf(row -> !seen.add(key.apply(row)));
    return rows;
  }

  private static IpvsException refused(String what, NetlinkException e) {
    return new IpvsException(
        e.errno(), what + ": " + e.getMessage() + "; " + IpvsErrors.wayOut(e.errno()));
  }

  @Override
  public void close() {
    netlink.close();
  }
}
