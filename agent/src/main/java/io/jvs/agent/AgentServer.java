package io.jvs.agent;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Answers every connection with one line and closes it. One daemon thread does it all and waits for
 * nobody: a client that does not take its answer, or does not go, is dropped at its deadline, or
 * earlier if others need its place.
 *
 * <pre>{@code
 * try (AgentServer server =
 *     AgentServer.builder().listen(new InetSocketAddress(5555)).answers(meter).start()) { … }
 * }</pre>
 */
public final class AgentServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(AgentServer.class.getName());

  private static final long SHORT_OF_DESCRIPTORS_NANOS = 20_000_000;

  private final Supplier<Answer> answers;
  private final int maxConnections;
  private final long deadlineNanos;
  private final Selector selector;
  private final List<ServerSocketChannel> listeners;
  private final Thread thread;
  private final AtomicLong answered = new AtomicLong();

  /** Open connections by age, with what they have not taken yet. Server's thread only. */
  private final Map<SocketChannel, Client> clients = new LinkedHashMap<>();

  private record Client(ByteBuffer unsent, long deadline) {}

  private AgentServer(Builder builder) throws IOException {
    this.answers = builder.answers;
    this.maxConnections = builder.maxConnections;
    this.deadlineNanos = builder.deadline.toNanos();
    this.selector = Selector.open();
    this.listeners = new ArrayList<>();
    try {
      for (InetSocketAddress address : builder.addresses) {
        listeners.add(listen(address));
      }
    } catch (IOException e) {
      closeAll();
      throw e;
    }
    this.thread = new Thread(this::run, "jvs-agent");
    thread.setDaemon(true);
    thread.start();
  }

  public static Builder builder() {
    return new Builder();
  }

  private ServerSocketChannel listen(InetSocketAddress address) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(address, maxConnections);
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_ACCEPT);
      return channel;
    } catch (IOException e) {
      channel.close();
      throw new IOException("agent " + address + ": " + e.getMessage(), e);
    } catch (UnresolvedAddressException e) {
      channel.close();
      throw new IOException("agent " + address + ": the host name has no address", e);
    }
  }

  /** Where it listens, with the ports that the system chose for 0. */
  public List<InetSocketAddress> addresses() {
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (ServerSocketChannel each : listeners) {
      addresses.add((InetSocketAddress) each.socket().getLocalSocketAddress());
    }
    return addresses;
  }

  /** How many connections have got an answer so far. */
  public long answered() {
    return answered.get();
  }

  /** Listens no more, and drops whoever is still there. */
  @Override
  public void close() {
    closeAll();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // it ends by itself
    }
  }

  private void closeAll() {
    for (ServerSocketChannel each : listeners) {
      quietly(each);
    }
    quietly(selector);
  }

  private void run() {
    try {
      while (selector.isOpen()) {
        selector.select(this::ready, untilDeadlineMillis());
        dropLate();
      }
    } catch (IOException | ClosedSelectorException | CancelledKeyException e) {
      if (selector.isOpen()) {
        LOG.log(System.Logger.Level.ERROR, "agent: answers no more", e);
      }
    }
    clients.keySet().forEach(AgentServer::quietly);
  }

  private long untilDeadlineMillis() {
    for (Client oldest : clients.values()) {
      long left = oldest.deadline - System.nanoTime();
      return Math.max(1, left / 1_000_000 + 1);
    }
    return 0; // for ever
  }

  private void dropLate() {
    long now = System.nanoTime();
    for (Iterator<Map.Entry<SocketChannel, Client>> i = clients.entrySet().iterator();
        i.hasNext(); ) {
      Map.Entry<SocketChannel, Client> oldest = i.next();
      if (oldest.getValue().deadline - now > 0) {
        return;
      }
      i.remove();
      quietly(oldest.getKey());
    }
  }

  private void ready(SelectionKey key) {
    if (key.channel() instanceof ServerSocketChannel listener) {
      accept(listener);
    } else if (key.channel() instanceof SocketChannel channel) {
      serve(key, channel);
    }
  }

  private void accept(ServerSocketChannel listener) {
    SocketChannel channel = null;
    try {
      channel = listener.accept();
      if (channel == null) {
        return;
      }
      if (clients.size() == maxConnections) {
        drop(clients.keySet().iterator().next());
      }
      channel.configureBlocking(false);
      byte[] line = (answer() + "\n").getBytes(StandardCharsets.US_ASCII);
      clients.put(channel, new Client(ByteBuffer.wrap(line), System.nanoTime() + deadlineNanos));
      serve(channel.register(selector, SelectionKey.OP_READ), channel);
    } catch (IOException e) {
      if (channel != null) {
        drop(channel); // gone before it was here
      } else {
        LockSupport.parkNanos(SHORT_OF_DESCRIPTORS_NANOS); // or it would be tried without end
      }
    }
  }

  private Answer answer() {
    try {
      return answers.get();
    } catch (RuntimeException e) { // from a supplier that is not ours
      LOG.log(System.Logger.Level.WARNING, "agent: no answer: " + e);
      return Answer.NOTHING;
    }
  }

  /** Sends what is unsent, and reads until the client goes: closing earlier would reset it. */
  private void serve(SelectionKey key, SocketChannel channel) {
    Client client = clients.get(channel);
    if (client == null) {
      return;
    }
    try {
      if (client.unsent.hasRemaining()) {
        channel.write(client.unsent);
        if (client.unsent.hasRemaining()) {
          key.interestOps(SelectionKey.OP_WRITE);
          return;
        }
        channel.shutdownOutput();
        answered.incrementAndGet();
        key.interestOps(SelectionKey.OP_READ);
      }
      if (channel.read(ByteBuffer.allocate(512)) < 0) {
        drop(channel);
      }
    } catch (IOException | CancelledKeyException e) { // it has gone the hard way
      drop(channel);
    }
  }

  private void drop(SocketChannel channel) {
    clients.remove(channel);
    quietly(channel);
  }

  private static void quietly(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) { // declared by AutoCloseable; channels throw IOException
      // It is of no use any more, whether closed well or not.
    }
  }

  /** Collects what the server needs; not for use by several threads. */
  public static final class Builder {
    private final List<InetSocketAddress> addresses = new ArrayList<>();
    private Supplier<Answer> answers = () -> Answer.NOTHING;
    private int maxConnections = 64;
    private Duration deadline = Duration.ofSeconds(2);

    private Builder() {}

    /** Adds an address to listen on; port 0 for one that is free. */
    public Builder listen(InetSocketAddress address) {
      addresses.add(address);
      return this;
    }

    /** Asked by the server's thread for each connection; must not block. */
    public Builder answers(Supplier<Answer> supplier) {
      answers = supplier;
      return this;
    }

    /** Connections at once, 1 or more; one more and the oldest is dropped. Default: 64. */
    public Builder maxConnections(int most) {
      if (most < 1) {
        throw new IllegalArgumentException(
            "agent with at most " + most + " connections (expected: 1 or more)");
      }
      maxConnections = most;
      return this;
    }

    /** After which a connection is dropped, 1 ms or more. Default: 2 s. */
    public Builder deadline(Duration newDeadline) {
      if (newDeadline.compareTo(Duration.ofMillis(1)) < 0) {
        throw new IllegalArgumentException(
            "agent deadline " + newDeadline + " (expected: 1 ms or more)");
      }
      deadline = newDeadline;
      return this;
    }

    /**
     * Listens and answers from now on.
     *
     * @throws IOException if an address cannot be used, which the message names
     */
    public AgentServer start() throws IOException {
      if (addresses.isEmpty()) {
        throw new IllegalStateException("agent without an address (expected: listen(address))");
      }
      return new AgentServer(this);
    }
  }
}
