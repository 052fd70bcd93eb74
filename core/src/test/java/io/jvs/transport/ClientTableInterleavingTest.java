package io.jvs.transport;

import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Whatever threads do at once, one dropping clients while others bring them back: nobody has more
 * than its limit, and the table counts what is in it.
 */
public class ClientTableInterleavingTest {
  private final AtomicInteger left = new AtomicInteger();
  private final ClientTable table = new ClientTable(2, 42, left::incrementAndGet);
  private final AtomicInteger open = new AtomicInteger();

  @Operation
  public void enter() {
    Client client;
    Client.Answer answer;
    do {
      client = table.find(1, false, 0);
      answer = client == null ? Client.Answer.FULL : client.enter(1);
    } while (answer == Client.Answer.RETIRED);
    if (answer == Client.Answer.ENTERED) {
      open.incrementAndGet();
    }
  }

  @Operation
  public void leave() {
    if (!open.compareAndSet(1, 0)) {
      return;
    }
    Client client = table.peek(1, false);
    if (client == null) {
      throw new AssertionError("a client with a connection was dropped");
    }
    client.leave();
  }

  @Operation
  public void sweep() {
    table.sweep(0);
  }

  @Validate
  public void whatIsOpenIsCounted() {
    Client client = table.peek(1, false);
    int counted = client == null ? 0 : client.open();
    if (counted != open.get()) {
      throw new AssertionError(open + " are open, but " + counted + " are counted");
    }
    table.sweep(0);
    if (table.size() != open.get()) {
      throw new AssertionError("size " + table.size() + ", but " + open + " are open");
    }
  }

  @Test
  void in_every_interleaving_tried_counts_are_right() {
    new ModelCheckingOptions()
        .iterations(3)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(0)
        .invocationsPerIteration(200)
        .check(ClientTableInterleavingTest.class);
  }
}
