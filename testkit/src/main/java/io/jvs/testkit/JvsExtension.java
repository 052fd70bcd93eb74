package io.jvs.testkit;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Gives JUnit 5 tests what they need as parameters, a fresh one for each test, and cleans up:
 *
 * <ul>
 *   <li>{@link FakeServers}: starts fake servers, which die with the test;
 *   <li>{@link RandomGenerator}: chance from a seed, which is told when the test fails; {@code
 *       -Djvs.seed=…} replays it;
 *   <li>{@link ManualTicker}: a clock that stands still;
 *   <li>{@link ManualExecutor}: a timer on that very clock.
 * </ul>
 *
 * <p>Put {@code @ExtendWith(JvsExtension.class)} on the test class.
 */
public final class JvsExtension implements ParameterResolver, TestExecutionExceptionHandler {
  /** System property that sets the seed of all tests. */
  public static final String SEED_PROPERTY = "jvs.seed";

  private static final Namespace NAMESPACE = Namespace.create(JvsExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == FakeServers.class
        || type == RandomGenerator.class
        || type == ManualTicker.class
        || type == ManualExecutor.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    if (type == FakeServers.class) {
      return world(context).servers;
    } else if (type == RandomGenerator.class) {
      return world(context).random;
    } else if (type == ManualTicker.class) {
      return world(context).ticker;
    }
    return world(context).executor;
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    failure.addSuppressed(new Replay(world(context).seed));
    throw failure;
  }

  private static World world(ExtensionContext context) {
    Store store = context.getStore(NAMESPACE); // of the test: closed with it
    return store.getOrComputeIfAbsent(World.class, type -> new World(seed()), World.class);
  }

  private static long seed() {
    String given = System.getProperty(SEED_PROPERTY);
    if (given == null) {
      return System.nanoTime();
    }
    try {
      return Long.parseLong(given);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "-D" + SEED_PROPERTY + "=" + given + " (expected: a whole number of 64 bits)", e);
    }
  }

  /** Tells with a failure how to see it again; a stack trace of its own would say nothing. */
  static final class Replay extends Exception {
    private static final long serialVersionUID = 1;

    Replay(long seed) {
      super("to see this again: -D" + SEED_PROPERTY + "=" + seed, null, false, false);
    }
  }

  /** What one test has been given. */
  private static final class World implements AutoCloseable {
    private final long seed;
    private final RandomGenerator random;
    private final FakeServers servers = new FakeServers();
    private final ManualTicker ticker = new ManualTicker();
    private final ManualExecutor executor = new ManualExecutor(ticker);

    World(long seed) {
      this.seed = seed;
      this.random = new SplittableRandom(seed);
    }

    @Override
    public void close() {
      servers.close();
    }
  }
}
