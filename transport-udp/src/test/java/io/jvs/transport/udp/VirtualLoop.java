package io.jvs.transport.udp;

import io.jvs.balancing.LoadBalancer;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.testkit.ManualTicker;
import io.jvs.transport.Transport.Assignment;
import io.jvs.transport.listening.Place;
import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A loop with one service whose sockets are lists and whose time passes when it is told to:
 * everything above {@link DatagramSockets} is what it is in production, and a second costs nothing.
 */
final class VirtualLoop implements DatagramSockets, AutoCloseable {
  private static final Duration TICK = Duration.ofMillis(100);

  static final InetSocketAddress VIRTUAL = new InetSocketAddress("192.0.2.1", 53);

  private final Counts counts = new Counts();
  private final ManualTicker ticker = new ManualTicker();
  private final UdpLoop loop;
  private final LoadBalancer balancer;
  private final IoEventLoop executor;
  private final List<VirtualSocket> sockets = new ArrayList<>(); // the listening one first
  private final ArrayDeque<Sent> sent = new ArrayDeque<>();
  private @Nullable Runnable tick;
  private int opened;
  private boolean refusesReading;

  /** A datagram that has left. */
  record Sent(int socket, InetSocketAddress to, int payload) {}

  VirtualLoop(VirtualService service, int maxFlows, int maxPorts) throws IOException {
    this.executor =
        (IoEventLoop)
            Proxy.newProxyInstance(
                VirtualLoop.class.getClassLoader(),
                new Class<?>[] {IoEventLoop.class},
                (proxy, method, arguments) -> {
                  Runnable task = (Runnable) arguments[0];
                  if (method.getName().equals("schedule")) {
                    tick = task;
                  } else {
                    task.run();
                  }
                  return null;
                });
    this.loop =
        new UdpLoop(
            this, counts, new FlowListener(null), new TickClock(ticker), maxFlows, maxPorts);
    this.balancer = LoadBalancer.builder(service).build();
    listen(service, balancer);
  }

  /** Ends all flows, which gives back what they keep. */
  @Override
  public void close() {
    loop.close();
  }

  void endAll() {
    loop.endIf(flow -> true, "the test goes on");
  }

  LoadBalancer balancer() {
    return balancer;
  }

  int flows() {
    return counts.flows.get();
  }

  long evicted() {
    return counts.evicted.sum();
  }

  long strays() {
    return counts.drops.of(UdpDrop.STRAY);
  }

  long withoutPort() {
    return counts.drops.of(UdpDrop.NO_SOURCE_PORT);
  }

  /** Clients that were told that nobody is there. */
  long told() {
    return counts.unreachableTold.sum();
  }

  @Override
  public boolean tellUnreachable(
      boolean ipv6, FlowKey client, long askedHigh, long askedLow, int askedPort) {
    return true;
  }

  /** Whether the selector takes no more sockets. */
  void refuseReading(boolean refuses) {
    refusesReading = refuses;
  }

  long openSockets() {
    return sockets.stream().filter(socket -> !socket.closed).count();
  }

  long tooLong() {
    return counts.drops.of(UdpDrop.TOO_LONG);
  }

  int ports() {
    return counts.sourcePorts.get();
  }

  /** What has left since the last time. */
  List<Sent> sent() {
    List<Sent> all = List.copyOf(sent);
    sent.clear();
    return all;
  }

  /** Another service, on the same loop; returns the socket of its clients. */
  int carry(VirtualService service) throws IOException {
    int socket = sockets.size();
    listen(service, LoadBalancer.builder(service).build());
    return socket;
  }

  private void listen(VirtualService service, LoadBalancer by) throws IOException {
    CarriedService carried = new CarriedService(new Assignment(service, by), List.of(loop), counts);
    InetSocketAddress address = ((VirtualAddress.Endpoint) service.address()).socketAddress();
    Listener.bind(new Place(address, false), carried, UdpOptions.of(service), List.of(loop))
        .start();
  }

  /** A client sends to the virtual address. */
  void ask(InetSocketAddress client, int payload) {
    ask(client, payload, Integer.BYTES);
  }

  /** A client sends to the address of this socket. */
  void ask(int socket, InetSocketAddress client, int payload) {
    socket(socket).receives(client, payload, Integer.BYTES);
  }

  /** As before, a payload of so many bytes. */
  void ask(InetSocketAddress client, int payload, int bytes) {
    socket(0).receives(client, payload, bytes);
  }

  /** A server sends to the source port that is this socket. */
  void answer(int socket, InetSocketAddress server, int payload) {
    socket(socket).receives(server, payload, Integer.BYTES);
  }

  /** The kernel has heard that this port of a server is closed. */
  void unreachable(int socket, InetSocketAddress server) {
    undelivered(socket, server, 111);
  }

  /** The kernel has heard that a datagram is longer than the way to a server takes. */
  void tooLong(int socket, InetSocketAddress server) {
    undelivered(socket, server, Errors.EMSGSIZE);
  }

  private void undelivered(int socket, InetSocketAddress server, int errno) {
    ServerAddress bits = new ServerAddress(server);
    reader(socket(socket)).undelivered(bits.ipv6, bits.high, bits.low, bits.port, errno);
  }

  /** A tenth of a second; false if nothing waits for time to pass. */
  boolean tick() {
    Runnable task = tick;
    tick = null;
    if (task == null) {
      return false;
    }
    ticker.advance(TICK);
    task.run();
    return true;
  }

  /** A tenth of a second in which nobody waits for anything. */
  void pass() {
    ticker.advance(TICK);
  }

  private VirtualSocket socket(int number) {
    return sockets.get(number);
  }

  private static Reader reader(VirtualSocket socket) {
    return Objects.requireNonNull(socket.reader);
  }

  @Override
  public IoEventLoop executor() {
    return executor;
  }

  @Override
  public void check(UdpOptions options, InetAddress address) {}

  @Override
  public Socket listen(InetSocketAddress address, boolean shared, UdpOptions options) {
    return newSocket(address);
  }

  @Override
  public Socket open(InetSocketAddress source, boolean transparent, UdpOptions options) {
    return newSocket(new InetSocketAddress("192.0.2.2", 10_000 + opened++ % 50_000));
  }

  private VirtualSocket newSocket(InetSocketAddress address) {
    VirtualSocket socket = new VirtualSocket(sockets.size(), address);
    sockets.add(socket);
    return socket;
  }

  /** Datagrams begin with a number, four bytes. */
  private final class VirtualSocket implements Socket {
    private final int number;
    private final InetSocketAddress local;
    private @Nullable Reader reader;
    private @Nullable InetSocketAddress from; // of the one that waits
    private int payload;
    private int length;
    private boolean closed;

    VirtualSocket(int number, InetSocketAddress local) {
      this.number = number;
      this.local = local;
    }

    void receives(InetSocketAddress sender, int number, int bytes) {
      from = sender;
      payload = number;
      length = bytes;
      reader(this).readable();
    }

    @Override
    public InetSocketAddress local() {
      return local;
    }

    @Override
    public void share() {}

    @Override
    public void adjust(UdpOptions from, UdpOptions to) {}

    @Override
    public void read(Reader newReader) throws IOException {
      if (refusesReading) {
        throw new IOException("no more");
      }
      reader = newReader;
    }

    @Override
    public int receive(Messages into) {
      into.clear();
      InetSocketAddress sender = from;
      from = null;
      int count = sender == null ? 0 : 1;
      if (sender != null) {
        into.room(0).putInt(payload);
        ServerAddress bits = new ServerAddress(sender);
        into.came(0, bits.ipv6, bits.high, bits.low, 0, bits.port, length);
      }
      into.filled(count);
      return count;
    }

    @Override
    public void send(Messages from, Unsent unsent) {
      for (int k = 0; k < from.outCount() && !closed; k++) {
        ByteBuffer bytes = from.outPayload(k);
        sent.add(new Sent(number, from.destination(k), bytes.getInt(bytes.position())));
      }
    }

    @Override
    public int mostJoined() {
      return 0;
    }

    @Override
    public void close() {
      closed = true;
      reader = null;
    }
  }

  /** The {@code number}-th of many clients. */
  static InetSocketAddress client(int number) {
    byte[] ip = {10, (byte) (number >> 16), (byte) (number >> 8), (byte) number};
    try {
      return new InetSocketAddress(InetAddress.getByAddress(ip), 1024 + number % 60_000);
    } catch (IOException e) {
      throw new AssertionError("4 bytes are an address", e);
    }
  }
}
