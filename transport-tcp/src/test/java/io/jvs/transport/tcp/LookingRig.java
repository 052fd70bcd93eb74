package io.jvs.transport.tcp;

import io.jvs.model.Timeouts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** An engine whose sessions are looked at as the test says, and then connected; nothing above. */
final class LookingRig implements AutoCloseable {
  /** What owners hear, such as {@code looked} or {@code ended CLOSED}. */
  final List<String> heard = new CopyOnWriteArrayList<>();

  final InetSocketAddress address = Sockets.freeAddress();
  private final RelayEngine engine;
  private final RelayEngine.Listening listening;
  private final List<Recorder> looks;
  private final @Nullable ByteBuffer preamble;
  private final InetSocketAddress[] servers;
  private final List<Socket> clients = new ArrayList<>();
  private final AtomicLong fromClient = new AtomicLong();

  /** Sees until it has so many bytes, and drops some of them. */
  static final class Recorder implements Look {
    final List<String> seen = new CopyOnWriteArrayList<>();
    private final int enough;
    private final int drop;
    private final int atMost;
    private final Duration patience;

    Recorder(int enough, int drop, int atMost, Duration patience) {
      this.enough = enough;
      this.drop = drop;
      this.atMost = atMost;
      this.patience = patience;
    }

    @Override
    public int atMost() {
      return atMost;
    }

    @Override
    public Duration patience() {
      return patience;
    }

    @Override
    public int seen(ByteBuffer soFar, boolean last) {
      seen.add(StandardCharsets.US_ASCII.decode(soFar.duplicate()) + (last ? "|" : ""));
      return soFar.remaining() >= enough ? drop : MORE;
    }
  }

  LookingRig(
      TcpEngine engine,
      @Nullable String preamble,
      List<Recorder> looks,
      InetSocketAddress... servers)
      throws IOException {
    LeakCheck.arm();
    this.engine = RelayEngine.of(engine, 1);
    this.looks = looks;
    this.preamble =
        preamble == null
            ? null
            : ByteBuffer.wrap(preamble.getBytes(StandardCharsets.US_ASCII)).asReadOnlyBuffer();
    this.servers = servers;
    this.listening =
        this.engine.listen(
            address,
            64,
            false,
            TcpOptions.DEFAULT,
            new RelayEngine.Door() {
              @Override
              public boolean isOpen() {
                return true;
              }

              @Override
              public void arrived(RelaySession session) {
                new Owner(session).begin();
              }

              @Override
              public void acceptFailed(Throwable cause) {
                heard.add("accept failed");
              }

              @Override
              public void acceptWorked() {}
            });
    listening.start();
  }

  Socket client() throws IOException {
    Socket client = Sockets.connect(address);
    client.setTcpNoDelay(true);
    clients.add(client);
    return client;
  }

  long fromClient() {
    return fromClient.get();
  }

  void await(String what) {
    Sockets.await(what + ", heard " + heard, () -> heard.contains(what));
  }

  @Override
  public void close() throws IOException {
    for (Socket client : clients) {
      if (!client.isClosed()) {
        Sockets.reset(client);
      }
    }
    listening.close();
    engine.close();
    LeakCheck.assertNone();
  }

  private final class Owner implements SessionOwner {
    private final RelaySession session;
    private final Queue<Look> left = new ArrayDeque<>(looks);
    private int attempts;

    Owner(RelaySession session) {
      this.session = session;
    }

    void begin() {
      session.ownedBy(this);
      next();
    }

    private void next() {
      Look look = left.poll();
      if (look != null) {
        session.look(look);
      } else if (attempts < servers.length) {
        session.connect(
            new ConnectRequest(
                servers[attempts++],
                null,
                false,
                preamble,
                TcpOptions.SocketOptions.DEFAULT,
                Timeouts.DEFAULT));
      }
    }

    @Override
    public void looked() {
      heard.add("looked");
      next();
    }

    @Override
    public void connected() {
      heard.add("connected");
    }

    @Override
    public void sourceFailed(String reason) {
      throw new IllegalStateException("no source was asked for: " + reason);
    }

    @Override
    public void connectFailed(String reason, boolean local) {
      heard.add("connect failed");
      next();
    }

    @Override
    public void asked() {
      heard.add("asked");
    }

    @Override
    public boolean readsAnswers() {
      return true;
    }

    @Override
    public void answered(@Nullable ByteBuffer firstBytes) {
      heard.add("answered " + text(firstBytes));
    }

    @Override
    public boolean overhears() {
      return heard.stream().noneMatch(each -> each.endsWith("stop"));
    }

    @Override
    public void overheard(ByteBuffer bytes) {
      heard.add("overheard " + text(bytes));
    }

    private String text(@Nullable ByteBuffer bytes) {
      return bytes == null ? "nothing" : StandardCharsets.US_ASCII.decode(bytes).toString();
    }

    @Override
    public boolean stillUnanswered() {
      return false;
    }

    @Override
    public void halfClosed(boolean byServer) {
      heard.add("half closed by " + (byServer ? "server" : "client"));
    }

    @Override
    public void transferred(long client, long server) {
      fromClient.addAndGet(client);
    }

    @Override
    public void ended(End how) {
      heard.add("ended " + how);
    }
  }
}
