package io.jvs.transport.tcp;

import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import io.jvs.transport.TroubleLog;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Whatever clients do at once: when all is quiet nobody waits beside a free place, places are those
 * of clients that are inside, and the door is as open as it says.
 */
public class ConnectionLimitInterleavingTest {
  /** Held, since loggers are forgotten otherwise. Lines would be half of what is explored. */
  private static final Logger QUIET = Logger.getLogger(TcpTransport.class.getName());

  private final Object loop = new Object();
  private final ConnectionLimit limit = new ConnectionLimit(2, WhenFull.WAIT, this::recheck);
  private final Queue<Client> inside = new ArrayDeque<>(); // guarded by itself
  private boolean accepting = true; // guarded by loop, as it is a matter of one loop

  /** Two are inside, one waits: where most can go wrong. */
  public ConnectionLimitInterleavingTest() {
    arrive();
    arrive();
    arrive();
  }

  /** Let in by whoever makes room. */
  private final class Client implements Runnable {
    @Override
    public void run() {
      synchronized (inside) {
        inside.add(this);
      }
    }
  }

  private void recheck() {
    synchronized (loop) {
      accepting = limit.isOpen();
    }
  }

  @Operation
  public void arrive() {
    Client client = new Client();
    if (limit.enter(client) == ConnectionLimit.Answer.ENTERED) {
      client.run();
    }
  }

  @Operation
  public void leave() {
    Client client;
    synchronized (inside) {
      client = inside.poll();
    }
    if (client != null) {
      limit.leave();
    }
  }

  /** A client that gives up while it waits, or has just been let in. */
  @Operation
  public void arriveAndGiveUp() {
    Client client = new Client();
    switch (limit.enter(client)) {
      case ENTERED -> limit.leave();
      case WAITING -> {
        limit.leaveQueue(client);
        synchronized (inside) {
          inside.remove(client);
        }
      }
      case REFUSED -> throw new AssertionError("refused");
    }
  }

  @Validate
  public void quiet() {
    synchronized (inside) {
      if (limit.taken() != inside.size()) {
        throw new AssertionError(limit.taken() + " places taken by " + inside.size());
      }
    }
    synchronized (loop) {
      if (accepting != limit.isOpen()) {
        throw new AssertionError("accepting " + accepting + ", but open " + limit.isOpen());
      }
      if (!accepting && limit.taken() < limit.max()) {
        throw new AssertionError("clients wait beside a free place");
      }
    }
  }

  @Test
  void in_every_interleaving_tried_nobody_is_forgotten() {
    QUIET.setLevel(Level.OFF);
    new ModelCheckingOptions()
        .iterations(3)
        .threads(2)
        .actorsPerThread(1)
        .actorsBefore(0)
        .actorsAfter(0)
        .invocationsPerIteration(50)
        // What is explored is the limit, not the queue, which is known to be right, nor the log.
        .addGuarantee(
            forClasses(ConcurrentLinkedQueue.class.getName()).allMethods().treatAsAtomic())
        .addGuarantee(forClasses(TroubleLog.class.getName()).allMethods().ignore())
        .check(ConnectionLimitInterleavingTest.class);
  }
}
