package io.jvs.transport.tcp;

import io.jvs.transport.tcp.hello.Hello;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Looks for what a client asks for in its first bytes, and leaves them as they are. */
final class HelloLook implements Look {
  private final TcpOptions.FirstBytes wanted;
  private Hello hello = Hello.Incomplete.INSTANCE;

  HelloLook(TcpOptions.FirstBytes wanted) {
    this.wanted = wanted;
  }

  Hello hello() {
    return hello;
  }

  @Override
  public int atMost() {
    return wanted.atMost();
  }

  @Override
  public Duration patience() {
    return wanted.patience();
  }

  @Override
  public int seen(ByteBuffer soFar, boolean last) {
    hello = Hello.read(soFar);
    return hello == Hello.Incomplete.INSTANCE ? MORE : 0;
  }
}
