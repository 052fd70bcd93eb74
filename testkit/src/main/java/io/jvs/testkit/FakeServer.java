package io.jvs.testkit;

import static io.jvs.testkit.Eventually.eventually;

import io.jvs.model.RealServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A real TCP server on a loopback address and a port of its own, which behaves as a test tells it,
 * can be killed and can come back at the same port. Any thread may call it.
 */
public final class FakeServer implements AutoCloseable {
  private static final int BACKLOG = 1024;

  private final String name;
  private final InetSocketAddress address;
  private final AtomicInteger accepted = new AtomicInteger();
  private volatile Behaviour behaviour;
  private volatile @Nullable Life life; // null while it is dead

  private FakeServer(String name, InetAddress ip, Behaviour behaviour) {
    this.name = name;
    this.behaviour = behaviour;
    Life first = new Life(new InetSocketAddress(ip, 0));
    this.address = new InetSocketAddress(ip, first.listener.getLocalPort());
    live(first);
  }

  /** A server at 127.0.0.1 that answers each line with its name and that line. */
  public static FakeServer start(String name) {
    return start(name, Behaviour.named());
  }

  /** A server at 127.0.0.1. */
  public static FakeServer start(String name, Behaviour behaviour) {
    return start(name, FreeAddresses.ip("127.0.0.1"), behaviour);
  }

  /** A server at an address of this machine, such as {@code ::1}. */
  public static FakeServer start(String name, InetAddress ip, Behaviour behaviour) {
    return new FakeServer(name, ip, behaviour);
  }

  public String name() {
    return name;
  }

  /** Where it listens; stays the same over its deaths. */
  public InetSocketAddress address() {
    return address;
  }

  /** Its definition: weight 1, NAT, no limits. */
  public RealServer realServer() {
    return RealServer.of(address);
  }

  /** What it does with connections that come from now on. */
  public void behave(Behaviour newBehaviour) {
    behaviour = newBehaviour;
  }

  /** How many connections it has ever accepted. */
  public int accepted() {
    return accepted.get();
  }

  /** How many connections it has now. */
  public int open() {
    Life now = life;
    return now == null ? 0 : now.connections.size();
  }

  /** Waits until it has so many connections, for those that are under way. */
  public void awaitOpen(int count) {
    eventually(count + " connections open at " + this, () -> open() == count, this::open);
  }

  /** Dies at once: its connections are reset, and new ones refused. */
  public synchronized void kill() {
    Life now = life;
    if (now != null) {
      now.end();
    }
    life = null;
  }

  /**
   * Comes back at the same port.
   *
   * @throws UncheckedIOException if another process has taken the port meanwhile
   */
  public synchronized void restart() {
    kill();
    live(new Life(address));
  }

  /** Dies for good. */
  @Override
  public void close() {
    kill();
  }

  /** Waits; returns true at once when the server is killed meanwhile. */
  boolean isKilledWithin(Duration time) {
    Life now = life;
    try {
      return now == null || now.over.await(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private void live(Life newLife) {
    life = newLife;
    newLife.thread.start();
  }

  private Thread daemon(Runnable body, String what) {
    Thread thread = new Thread(body, "fake-server-" + name + "-" + what);
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public String toString() {
    return "fake server " + name + " at " + address + (life == null ? " (dead)" : "");
  }

  /** From a start to a death. */
  private final class Life {
    private final ServerSocket listener;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final CountDownLatch over = new CountDownLatch(1); // everything is reset
    private final Thread thread = daemon(this::accept, "accept");
    private volatile boolean dying;

    Life(InetSocketAddress at) {
      try {
        listener = new ServerSocket();
        listener.setReuseAddress(true); // to come back although old connections linger
        listener.bind(at, BACKLOG);
      } catch (IOException e) {
        throw new UncheckedIOException("fake server " + name + " cannot listen at " + at, e);
      }
    }

    void accept() {
      while (!dying) {
        try {
          Socket connection = listener.accept();
          accepted.incrementAndGet();
          connections.add(connection);
          if (dying) {
            reset(connection); // killed in between
          } else {
            daemon(() -> serve(connection), "connection").start();
          }
        } catch (IOException e) {
          // The listener was closed, by end(); or no descriptors are left, and the test will see.
        }
      }
    }

    private void serve(Socket connection) {
      try (connection) {
        behaviour.serve(FakeServer.this, connection);
      } catch (IOException e) {
        // The client is gone, or this server was killed: what tests do.
      } finally {
        connections.remove(connection);
      }
    }

    void end() {
      dying = true;
      try {
        listener.close();
        thread.join(); // the port is free only when accept() has returned
      } catch (IOException e) {
        throw new UncheckedIOException("cannot close " + FakeServer.this, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      connections.forEach(this::reset);
      over.countDown(); // last, or those that wait for it would close in good order
    }

    private void reset(Socket connection) {
      try {
        connection.setSoLinger(true, 0);
        connection.close();
      } catch (IOException e) {
        // Its own thread has closed it already.
      } finally {
        connections.remove(connection);
      }
    }
  }
}
