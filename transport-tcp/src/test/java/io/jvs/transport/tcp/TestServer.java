package io.jvs.transport.tcp;

import io.jvs.model.RealServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A real server: a thread for each connection, which does what the test says. */
final class TestServer implements AutoCloseable {
  /** What to do with a connection; its socket is closed afterwards. */
  interface Behaviour {
    void serve(Socket socket) throws IOException;
  }

  /** Sends back what comes, then its FIN when that comes. */
  static final Behaviour ECHO =
      socket -> {
        InputStream in = socket.getInputStream();
        OutputStream out = socket.getOutputStream();
        byte[] buffer = new byte[64 * 1024];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          out.write(buffer, 0, n);
        }
      };

  private static final Behaviour PASSIVE = socket -> {};

  private final ServerSocket listening;
  private final Behaviour behaviour;
  private final Thread acceptor;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final BlockingQueue<Socket> arrivals = new LinkedBlockingQueue<>();
  private final AtomicInteger accepted = new AtomicInteger();

  private TestServer(InetAddress ip, int port, Behaviour behaviour) throws IOException {
    this.listening = new ServerSocket(port, 1024, ip);
    this.behaviour = behaviour;
    this.acceptor = start("accept " + listening.getLocalPort(), this::accept);
  }

  static TestServer echo() throws IOException {
    return new TestServer(InetAddress.getLoopbackAddress(), 0, ECHO);
  }

  static TestServer at(String ip, Behaviour behaviour) throws IOException {
    return at(ip, 0, behaviour);
  }

  static TestServer at(String ip, int port, Behaviour behaviour) throws IOException {
    return new TestServer(InetAddress.getByName(ip), port, behaviour);
  }

  static TestServer that(Behaviour behaviour) throws IOException {
    return new TestServer(InetAddress.getLoopbackAddress(), 0, behaviour);
  }

  /** Leaves each connection to the test: {@link #next}. */
  static TestServer passive() throws IOException {
    return new TestServer(InetAddress.getLoopbackAddress(), 0, PASSIVE);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort());
  }

  RealServer realServer() {
    return RealServer.of(address());
  }

  int accepted() {
    return accepted.get();
  }

  /** The next connection that has arrived. */
  Socket next() throws InterruptedException {
    Socket socket = arrivals.poll(Sockets.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (socket == null) {
      throw new AssertionError("no connection arrived within " + Sockets.PATIENCE);
    }
    return socket;
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listening.accept();
        socket.setSoTimeout((int) Sockets.PATIENCE.toMillis());
        open.add(socket);
        accepted.incrementAndGet();
        arrivals.add(socket);
        if (behaviour != PASSIVE) {
          start("serve " + socket, () -> serve(socket));
        }
      }
    } catch (IOException e) {
      // closed: the test is over, or the server is to be dead
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      behaviour.serve(socket);
    } catch (IOException e) {
      // the client is gone, which is the test's business
    } finally {
      open.remove(socket);
    }
  }

  /** Dies: nobody listens any more, and all connections are reset. */
  void kill() throws IOException {
    stopListening();
    for (Socket socket : open) {
      Sockets.reset(socket);
    }
  }

  @Override
  public void close() throws IOException {
    stopListening();
    for (Socket socket : open) {
      socket.close();
    }
  }

  /** The kernel listens until the thread has come back from accepting, perhaps with a client. */
  private void stopListening() throws IOException {
    listening.close();
    try {
      acceptor.join();
    } catch (InterruptedException e) {
      throw new InterruptedIOException("while the server stops listening");
    }
  }

  private static Thread start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
