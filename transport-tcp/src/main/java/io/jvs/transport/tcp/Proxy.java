package io.jvs.transport.tcp;

import io.jvs.model.SocketAddresses;
import java.io.IOException;
import java.lang.System.Logger;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.LongAdder;

/** What all connections of a transport share. Any thread. */
final class Proxy {
  private static final Logger LOG = System.getLogger(TcpTransport.class.getName());

  private final ConnectionLimit limit;
  private final OpenConnections open = new OpenConnections();
  private final HostNames names = new HostNames();
  private final LongAdder localFailures = new LongAdder();
  private final TroubleLog trouble = new TroubleLog(LOG);
  private final TroubleLog noSource = new TroubleLog(LOG);

  Proxy(ConnectionLimit limit) {
    this.limit = limit;
    // Loading a class may take a descriptor, so what is needed when there is none is loaded now.
    Reasons.of(new IOException("too many open files"));
  }

  ConnectionLimit limit() {
    return limit;
  }

  OpenConnections open() {
    return open;
  }

  HostNames names() {
    return names;
  }

  /** This machine has not let us accept or connect. */
  void localFailure(String reason) {
    localFailures.increment();
    trouble.begins(
        () ->
            "tcp: cannot open more connections: "
                + reason
                + "; new clients wait or are reset, present ones go on (way out: a higher limit of"
                + " file descriptors, ulimit -n, or a lower limit of connections)");
  }

  /** This machine has no port left, or no address, to connect to a server from. */
  void sourceFailure(InetSocketAddress server, String reason) {
    localFailures.increment();
    noSource.begins(
        () ->
            "tcp: no source is left to connect to "
                + SocketAddresses.format(server)
                + ": "
                + reason
                + "; its clients go to other servers or are reset (way out: more addresses in"
                + " outgoing.sources, or a wider net.ipv4.ip_local_port_range)");
  }

  void connected() {
    noSource.isOver(() -> "tcp: connecting to real servers again");
  }

  void accepted() {
    trouble.isOver(() -> "tcp: accepting connections again");
  }

  long localFailures() {
    return localFailures.sum();
  }
}
