package io.jvs.transport.tcp;

import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * One address, listened on by one socket or by one for each loop.
 *
 * <p>Sockets with SO_REUSEPORT share an address with anybody of the same user who asks for the
 * same, so two directors could take each other's clients without a word. Therefore the first socket
 * is bound without it, which fails if anybody listens, and is given the option afterwards, which
 * lets our others join (Linux checks the option of those present when the next one binds).
 */
final class NativeListening implements RelayEngine.Listening {
  private final List<NativeAcceptor> acceptors;

  private NativeListening(List<NativeAcceptor> acceptors) {
    this.acceptors = acceptors;
  }

  static NativeListening bind(
      List<? extends NativeLoop> loops,
      InetSocketAddress address,
      int backlog,
      TcpOptions options,
      RelayEngine.Door door)
      throws IOException {
    NativeListening listening = new NativeListening(new ArrayList<>(loops.size()));
    try {
      for (NativeLoop loop : loops) {
        boolean first = listening.acceptors.isEmpty();
        NativeAcceptor acceptor =
            NativeAcceptor.bind(loop, door, address, backlog, options, !first);
        listening.acceptors.add(acceptor);
        if (first && loops.size() > 1) {
          acceptor.share();
        }
      }
      return listening;
    } catch (IOException | RuntimeException e) {
      listening.close();
      throw e;
    }
  }

  @Override
  public int sockets() {
    return acceptors.size();
  }

  @Override
  public void start() {
    for (NativeAcceptor acceptor : acceptors) {
      acceptor.loop().executor().execute(acceptor::start);
    }
  }

  @Override
  public boolean canAdjust(TcpOptions from, TcpOptions to) {
    return SocketSetup.canAdjust(from, to);
  }

  @Override
  public void adjust(int backlog, TcpOptions from, TcpOptions to) throws IOException {
    for (NativeAcceptor acceptor : acceptors) {
      Future<?> adjusted =
          acceptor
              .loop()
              .executor()
              .submit(
                  () -> {
                    acceptor.adjust(backlog, from, to);
                    return null;
                  })
              .awaitUninterruptibly();
      if (!adjusted.isSuccess()) {
        throw NettyEngine.asIo(adjusted.cause());
      }
    }
  }

  @Override
  public void recheck() {
    for (NativeAcceptor acceptor : acceptors) {
      if (acceptor.loop().executor().inEventLoop()) {
        acceptor.update(); // at once, so that the batch that is being accepted ends here
      } else {
        acceptor.loop().executor().execute(acceptor::update);
      }
    }
  }

  @Override
  public void close() {
    List<Future<?>> closed = new ArrayList<>();
    for (NativeAcceptor acceptor : acceptors) {
      closed.add(acceptor.stop());
    }
    closed.forEach(Future::awaitUninterruptibly);
  }
}
