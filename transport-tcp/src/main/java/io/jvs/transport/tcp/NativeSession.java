package io.jvs.transport.tcp;

import io.jvs.transport.listening.SystemReasons;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A pair of sockets of our own on one loop. */
final class NativeSession extends StagedSession<NativeLoop> {
  private final NativeSide client;
  private @Nullable NativeSide server;

  NativeSession(
      NativeLoop loop,
      Socket socket,
      InetSocketAddress clientAddress,
      InetSocketAddress localAddress) {
    super(loop, clientAddress, localAddress);
    this.client = loop.newSide(this, socket);
  }

  /** Begins, when there is an owner, to hear of the client: that it has gone, for example. */
  void listen() {
    if (!isOver()) {
      client.listen();
      watch();
    }
  }

  @Override
  void readForLook() {
    client.goOn(); // with what has come before anybody looked
  }

  /** So many have been read for a look, and are in the loop's buffer; or the client's FIN, -1. */
  void read(int bytes) {
    seen(bytes < 0 ? null : loop.buffer().duplicate().limit(bytes));
  }

  @Override
  void open(ConnectRequest request) {
    InetSocketAddress address = request.server();
    try {
      Socket socket = LinuxSocket.newSocketStream(address.getAddress() instanceof Inet6Address);
      NativeSide side = loop.newSide(this, socket);
      server = side;
      side.sayFirst(request.preamble());
      socket.setTcpNoDelay(true);
      if (!prepare(socket, request)) {
        return;
      }
      if (side.connect(address)) {
        serverConnected(side);
      }
    } catch (ChannelException | UncheckedIOException e) { // no socket, or none that is watched
      connectFailed(SystemReasons.of(e), true);
    } catch (IOException e) {
      connectFailed(SystemReasons.of(e), false);
    }
  }

  /** Whether the socket is as it should be; if not, the owner has been told. */
  private boolean prepare(Socket socket, ConnectRequest request) {
    try {
      SocketSetup.outgoing(socket, request);
      return true;
    } catch (IOException e) {
      sourceFailed(SystemReasons.of(e));
      return false;
    }
  }

  @Override
  void closeServer() {
    NativeSide attempt = server;
    server = null;
    if (attempt != null) {
      attempt.close(false);
    }
  }

  void serverConnected(NativeSide side) {
    side.sayFirst(connected());
    side.begin();
    side.relayTo(client);
    client.relayTo(side);
  }

  /** Bytes of one side have been read; if they are its first, it can still show them. */
  void moved(NativeSide from, int bytes) {
    if (from == client) {
      sentByClient(bytes);
    } else {
      sentByServer(bytes);
    }
  }

  @Override
  ByteBuffer view(int bytes) {
    return answering().view(bytes);
  }

  @Override
  boolean fills(int bytes) {
    return answering().fills(bytes);
  }

  private NativeSide answering() {
    NativeSide present = server;
    if (present == null) {
      throw new IllegalStateException("no server, hence no answer");
    }
    return present;
  }

  /** The FIN of a side has been passed on, and the other side has not sent its own. */
  void halfClosed(NativeSide by) {
    halfClosed(by == server);
  }

  /** Nothing is left to be passed on, but the second FIN: closing sends it. */
  void bothEnded() {
    end(SessionOwner.End.CLOSED);
  }

  /** A side has been reset, or cannot be written to. */
  void broken(NativeSide side) {
    end(side == client ? SessionOwner.End.CLIENT_RESET : SessionOwner.End.SERVER_RESET);
  }

  @Override
  void closeBoth(boolean withReset) {
    client.close(withReset);
    if (server != null) {
      server.close(withReset);
    }
  }

  @Override
  void lookAfterSides() {
    client.lookAfter();
    if (server != null) {
      server.lookAfter();
    }
  }
}
