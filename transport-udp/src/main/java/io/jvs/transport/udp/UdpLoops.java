package io.jvs.transport.udp;

import io.jvs.model.Ticker;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The event loops of a transport, on what this machine can do. */
final class UdpLoops {
  private static final Logger LOG = System.getLogger(UdpTransport.class.getName());

  private final MultiThreadIoEventLoopGroup group;
  private final List<UdpLoop> loops = new ArrayList<>();
  private final String name;
  private final int sourcePorts;

  private UdpLoops(MultiThreadIoEventLoopGroup group, String name, int sourcePorts) {
    this.group = group;
    this.name = name;
    this.sourcePorts = sourcePorts;
  }

  static UdpLoops start(UdpTransport.Builder settings, Counts counts, FlowListener listener) {
    int threads = settings.eventLoopThreads;
    boolean epoll = usesEpoll(settings.engine);
    UdpLoops loops =
        new UdpLoops(
            new MultiThreadIoEventLoopGroup(
                threads,
                new DefaultThreadFactory("jvs-udp"),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory()),
            epoll ? "epoll" : "nio",
            SourcePorts.limit());
    int flows = Math.max(1, settings.maxFlows / threads);
    int ports = Math.max(1, loops.sourcePorts / threads);
    try {
      for (EventExecutor executor : loops.group) {
        IoEventLoop loop = (IoEventLoop) executor;
        loops.loops.add(
            new UdpLoop(
                epoll ? new EpollDatagramSockets(loop) : new NioDatagramSockets(loop),
                counts,
                listener,
                new TickClock(Ticker.system()),
                flows,
                ports));
      }
    } catch (RuntimeException | Error e) { // no memory for their messages
      loops.group.shutdownGracefully(0, 5, TimeUnit.SECONDS);
      throw e;
    }
    return loops;
  }

  /** Which engine it will be. */
  static boolean wouldUseEpoll(UdpEngine engine) {
    return engine == UdpEngine.EPOLL || (engine == UdpEngine.AUTO && obstacle() == null);
  }

  /**
   * Whether to.
   *
   * @throws IllegalStateException if it must be and cannot
   */
  private static boolean usesEpoll(UdpEngine engine) {
    if (engine == UdpEngine.NIO) {
      return false;
    }
    Throwable obstacle = obstacle();
    if (obstacle != null && engine == UdpEngine.EPOLL) {
      throw new IllegalStateException(
          "udp: engine EPOLL does not work here (expected: 64-bit Linux with"
              + " netty-transport-native-epoll for this processor; NIO works everywhere)",
          obstacle);
    }
    if (obstacle != null) {
      LOG.log(
          Level.INFO,
          "udp: epoll does not work here, so the JDK''s selector carries datagrams: {0}",
          obstacle);
    }
    return obstacle == null;
  }

  private static @Nullable Throwable obstacle() {
    if (!Epoll.isAvailable()) {
      return Epoll.unavailabilityCause();
    }
    try {
      Native.LIBC.recvmmsg(-1, 0, 0, 0, 0); // what the first call makes ready is ready
      return null;
    } catch (RuntimeException | LinkageError e) { // no native code for this processor, or forbidden
      return e;
    }
  }

  String name() {
    return name;
  }

  /** How many of them there may be, of all loops together. */
  int mostSourcePorts() {
    return sourcePorts;
  }

  List<UdpLoop> all() {
    return loops;
  }

  /** Ends the flows of clients who came in there; returns when that is done. Not on a loop. */
  void endAllOf(Listener listener) {
    String why = "its address is listened on anew";
    for (UdpLoop loop : loops) {
      loop.sockets()
          .executor()
          .submit(() -> loop.endIf(flow -> flow.front.listener() == listener, why))
          .awaitUninterruptibly();
    }
  }

  /** Ends all flows and the loops. */
  void close(Collection<Listener> listeners) {
    for (UdpLoop loop : loops) {
      loop.sockets().executor().submit(loop::close).awaitUninterruptibly();
    }
    listeners.forEach(Listener::close);
    group.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
