package io.jvs.health;

import io.jvs.model.RealServer;
import io.jvs.model.VirtualService;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** One try of a check on one server: where to go, how long, and what to do it with. */
public interface CheckAttempt {
  /** The service on whose behalf it is. */
  VirtualService service();

  /** The real server that is judged. */
  RealServer server();

  /**
   * Where to connect to, resolved: the server's address, or what the declaration says instead. The
   * port is 0 only if neither knows one, such as for a service of all ports.
   */
  InetSocketAddress address();

  /** The local address to come from, or null for any. */
  @Nullable InetAddress bind();

  /** From the start of the try until it has failed. */
  Duration timeout();

  /**
   * What is being waited for from now on, for the message if it does not come: {@code waiting for
   * the greeting} becomes {@code timed out after 2 s waiting for the greeting}. Any thread.
   */
  void doing(String what);

  /**
   * Runs {@code action} once when the try has ended, also by timeout; at once if it has. Any
   * thread; actions must not block.
   */
  void onEnd(Runnable action);

  /**
   * Opens a TCP connection from {@link #bind} to {@link #address}, without blocking. The channel is
   * non-blocking and is closed when the try has ended, whatever becomes of it. What goes wrong
   * fails the stage, and {@link CheckRunner} puts it into words, such as {@code connection
   * refused}.
   */
  CompletionStage<SocketChannel> connect();

  /**
   * What each TCP connection of the try begins with, before TLS and whatever else, and each
   * datagram: the PROXY header that the declaration wants, or nothing. A new buffer each time.
   * {@link #connect} has sent it.
   */
  ByteBuffer preamble();

  /** Runs tasks one at a time; for short ones only. */
  ScheduledExecutorService timer();

  /** For what blocks: a bounded pool of daemon threads. */
  Executor blocking();
}
