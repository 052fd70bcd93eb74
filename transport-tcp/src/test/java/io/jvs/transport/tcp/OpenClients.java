package io.jvs.transport.tcp;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Clients of a test, which are closed after it. */
final class OpenClients extends ArrayList<SocketChannel> implements AfterEachCallback {
  private static final long serialVersionUID = 1;

  @Override
  public void afterEach(ExtensionContext test) throws IOException {
    for (SocketChannel client : this) {
      client.close();
    }
    clear();
  }
}
