package io.jvs.transport.tcp;

import io.jvs.model.SocketAddresses;
import io.jvs.transport.ConnectionIds;
import io.jvs.transport.ConnectionListener;
import io.jvs.transport.TroubleLog;
import io.jvs.transport.listening.SystemReasons;
import java.io.IOException;
import java.lang.System.Logger;
import java.net.InetSocketAddress;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What all connections of a transport share. Any thread. */
final class Proxy {
  private static final Logger LOG = System.getLogger(TcpTransport.class.getName());

  private final ConnectionLimit limit;
  private final OpenConnections open = new OpenConnections();
  private final @Nullable ConnectionListener listener;
  private final HostNames names = new HostNames();
  private final ConnectionIds ids = new ConnectionIds();
  private final ScheduledThreadPoolExecutor timer = newTimer();
  private final LongAdder localFailures = new LongAdder();
  private final LongAdder withoutKey = new LongAdder();
  private final TroubleLog trouble = new TroubleLog(LOG);
  private final TroubleLog listenerTrouble = new TroubleLog(LOG);
  private final TroubleLog noSource = new TroubleLog(LOG);

  Proxy(ConnectionLimit limit, @Nullable ConnectionListener listener) {
    this.limit = limit;
    this.listener = listener;
    // Loading a class may take a descriptor, so what is needed when there is none is loaded now.
    Reasons.fault(SystemReasons.of(new IOException("too many open files")));
  }

  ConnectionLimit limit() {
    return limit;
  }

  OpenConnections open() {
    return open;
  }

  ConnectionIds ids() {
    return ids;
  }

  /** Who hears of ends, or null. */
  @Nullable ConnectionListener listener() {
    return listener;
  }

  /** That listener is from outside; the loop serves others too. */
  void listenerFailed(Throwable cause) {
    listenerTrouble.begins(() -> "tcp: the connection listener failed: " + cause);
  }

  HostNames names() {
    return names;
  }

  /** A client's first bytes did not have the key that its service goes by. */
  void servedWithoutKey() {
    withoutKey.increment();
  }

  long withoutKey() {
    return withoutKey.sum();
  }

  /** For deadlines that belong to no loop. Its thread is there while there is something to do. */
  ScheduledExecutorService timer() {
    return timer;
  }

  private static ScheduledThreadPoolExecutor newTimer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "jvs-tcp-timer");
              thread.setDaemon(true);
              return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy()); // after the end nobody waits
    timer.setKeepAliveTime(10, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
    return timer;
  }

  void close() {
    timer.shutdownNow();
    names.close();
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
