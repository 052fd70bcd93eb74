package io.jvs.kernel.ipvs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The IPVS table of one network namespace: that of the thread that opened it. One thread at a time;
 * every call ends within a bounded time.
 */
public interface IpvsTable extends AutoCloseable {
  /**
   * Opens that of the calling thread's network namespace. Asking may make the kernel load its
   * module ip_vs.
   *
   * @throws IpvsException ENOENT if this kernel has no IPVS; that it is not permitted is noticed
   *     with the first question only (EPERM)
   * @throws IOException if this is not Linux, or the kernel cannot be asked
   */
  static IpvsTable open() throws IOException {
    return KernelIpvsTable.open();
  }

  IpvsInfo info() throws IOException;

  /** In the kernel's order. */
  List<ServiceRow> services() throws IOException;

  /** Null if there is none. */
  @Nullable ServiceRow service(ServiceKey key) throws IOException;

  /** In the kernel's order, newest first; empty also if there is no such service. */
  List<DestinationRow> destinations(ServiceKey service) throws IOException;

  IpvsTimeouts timeouts() throws IOException;

  /** Those that run: none, one or both. */
  List<SyncDaemon> daemons() throws IOException;

  /**
   * Carries out all commands in order, in as few system calls as can be. One that fails does not
   * keep the next ones from being carried out.
   *
   * @return for each command null, or why it failed
   * @throws IOException if the kernel cannot be asked; what was carried out then is not known
   */
  List<@Nullable IpvsException> execute(List<? extends IpvsCommand> commands) throws IOException;

  /** All services and destinations. */
  default IpvsSnapshot snapshot() throws IOException {
    List<IpvsSnapshot.Entry> entries = new ArrayList<>();
    for (ServiceRow service : services()) {
      entries.add(new IpvsSnapshot.Entry(service, destinations(service.service().key())));
    }
    return new IpvsSnapshot(entries);
  }

  @Override
  void close();
}
