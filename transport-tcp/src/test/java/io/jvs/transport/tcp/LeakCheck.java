package io.jvs.transport.tcp;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Netty's leak detector at its strictest, failing tests instead of logging, and accounts: buffers
 * that were made and not released, pipes that were opened and not closed.
 */
final class LeakCheck {
  private static final List<String> LEAKS = new CopyOnWriteArrayList<>();
  private static final AtomicInteger OPEN = new AtomicInteger();

  static {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(
        new ResourceLeakDetectorFactory() {
          @Override
          public <T> ResourceLeakDetector<T> newResourceLeakDetector(
              Class<T> resource, int samplingInterval) {
            return new Recorder<>(resource, samplingInterval);
          }

          @Override
          @SuppressWarnings("deprecation") // abstract in the class
          public <T> ResourceLeakDetector<T> newResourceLeakDetector(
              Class<T> resource, int samplingInterval, long maxActive) {
            return new Recorder<>(resource, samplingInterval);
          }
        });
  }

  private LeakCheck() {}

  /** Before Netty makes its first buffer. */
  static void arm() {}

  /** A leak is seen when another buffer is made after its garbage collection. */
  static void assertNone() {
    if (!LEAKS.isEmpty()) {
      throw new AssertionError("buffers leaked: " + LEAKS);
    }
  }

  /** Buffers that have been made and are not yet released; threads keep none when they end. */
  static int openBuffers() {
    return OPEN.get();
  }

  /** Ends of pipes that this process has; 0 where nobody knows. */
  static int pipes() {
    int pipes = 0;
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path descriptor : all) {
        pipes += isPipe(descriptor) ? 1 : 0;
      }
    } catch (NoSuchFileException e) { // not Linux
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return pipes;
  }

  private static boolean isPipe(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("pipe:");
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  /** Counts a buffer until it is released; the rest is as Netty does it. */
  private record Counted<T>(ResourceLeakTracker<T> tracker) implements ResourceLeakTracker<T> {
    @Override
    public void record() {
      tracker.record();
    }

    @Override
    public void record(Object hint) {
      tracker.record(hint);
    }

    @Override
    public boolean close(T tracked) {
      boolean first = tracker.close(tracked);
      if (first) {
        OPEN.decrementAndGet();
      }
      return first;
    }
  }

  private static final class Recorder<T> extends ResourceLeakDetector<T> {
    Recorder(Class<?> resource, int samplingInterval) {
      super(resource, samplingInterval);
    }

    @Override
    public ResourceLeakTracker<T> track(T resource) {
      return counted(super.track(resource));
    }

    @Override
    public ResourceLeakTracker<T> trackForcibly(T resource) {
      return counted(super.trackForcibly(resource));
    }

    private ResourceLeakTracker<T> counted(ResourceLeakTracker<T> tracker) {
      OPEN.incrementAndGet();
      return new Counted<>(tracker);
    }

    @Override
    protected boolean needReport() {
      return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
      LEAKS.add(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
      LEAKS.add(resourceType);
    }
  }
}
