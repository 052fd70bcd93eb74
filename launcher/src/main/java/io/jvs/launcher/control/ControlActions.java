package io.jvs.launcher.control;

import java.net.InetSocketAddress;

/** What a director does when it is asked. Called by the threads of the control server. */
public interface ControlActions {
  /** How it is. */
  StatusReport status();

  /** Its metrics in the text format of Prometheus. */
  String metrics();

  /** Reads its file again. */
  ReloadReport reload();

  /**
   * Why a server is used as it is.
   *
   * @throws IllegalArgumentException if there is no such service or server
   */
  ExplainReport explain(String service, InetSocketAddress server);

  /** Connections and flows of the proxies that there are. */
  ConnectionsReport connections(ConnectionSelection selection);

  /**
   * Resets connections and flows of the proxies; the answer shows them as they were.
   *
   * @param who for the log
   */
  ConnectionsReport resetConnections(ConnectionSelection selection, String who);

  /**
   * Carries out what an operator asks for; the answer explains what came of it.
   *
   * @throws IllegalArgumentException if there is no such service or server
   */
  ExplainReport order(OrderRequest request);
}
