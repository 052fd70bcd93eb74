package io.jvs.lab;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;
import org.opentest4j.TestAbortedException;

/**
 * Runs test classes in one guest, in one JVM, one test after the other, and reports each of them as
 * a test of the build. A module needs one such test:
 *
 * <pre>{@code
 * class GuestTest {
 *   @TestFactory
 *   Stream<DynamicTest> in_the_lab() {
 *     return LabTests.inPackageOf(GuestTest.class).run();
 *   }
 * }
 * }</pre>
 *
 * <p>The tests run on this JVM's JDK and class path, with its {@code --add-…} and {@code
 * --enable-…} arguments and its system properties {@code jvs.*}, but without agents (coverage,
 * debuggers). {@code -Djvs.lab.only=REGEX} runs only the classes whose simple name contains a
 * match.
 */
public final class LabTests {
  /** Of these the guest has its own. */
  private static final List<Path> OWN =
      List.of(Path.of("/tmp"), Path.of("/run"), Path.of("/var/run"), Path.of("/dev/shm"));

  private final List<Class<?>> classes;
  private final GuestOptions options;

  private LabTests(List<Class<?>> classes, GuestOptions options) {
    this.classes = classes;
    this.options = options;
  }

  /** These classes; tests in them that are not for the lab are left out. */
  public static LabTests of(Class<?>... classes) {
    return new LabTests(List.of(classes), GuestOptions.DEFAULT);
  }

  /** The classes of this one's package, and of those below it, that have tests for the lab. */
  public static LabTests inPackageOf(Class<?> anchor) {
    List<Class<?>> found =
        ReflectionSupport.findAllClassesInPackage(
            anchor.getPackageName(), LabTests::isForTheLab, name -> true);
    if (found.isEmpty()) {
      throw new IllegalArgumentException(
          "package " + anchor.getPackageName() + " has no test with @InLab");
    }
    return new LabTests(found, GuestOptions.DEFAULT);
  }

  /** The same in another guest than the default one. */
  public LabTests on(GuestOptions options) {
    return new LabTests(classes, options);
  }

  /**
   * Starts the guest; to be returned by a {@code @TestFactory}. Each element, when it is run, waits
   * for the end of a test in the guest. When the guest dies or runs out of time, the test that was
   * running and all that were to come fail with the guest's last output.
   *
   * @return where no guest can run, one test that is skipped
   * @throws AssertionError instead of that in CI, see {@link Lab#get}
   */
  public Stream<DynamicTest> run() {
    Pattern only = Pattern.compile(System.getProperty("jvs.lab.only", ""));
    List<String> names =
        classes.stream()
            .filter(type -> only.matcher(type.getSimpleName()).find())
            .map(Class::getName)
            .sorted()
            .toList();
    if (names.isEmpty()) {
      System.out.println("lab: -Djvs.lab.only=" + only + " leaves nothing of " + classes);
      return Stream.empty();
    }
    List<Path> classPath = classPath();
    try {
      Process guest = Lab.get().start(options, hidden(classPath), command(classPath, names));
      return new GuestRun(guest, options).stream();
    } catch (TestAbortedException e) {
      return GuestRun.skipped(e);
    }
  }

  private List<String> command(List<Path> classPath, List<String> names) {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    // One slow processor, and a JVM of a minute: what C2 would gain it costs.
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-Dfile.encoding=UTF-8", "-Dstderr.encoding=UTF-8"));
    command.add("-Xmx" + options.heapMegabytes() + "m");
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-") || argument.startsWith("--enable-"))
        .forEach(command::add);
    for (Map.Entry<Object, Object> property : System.getProperties().entrySet()) {
      if (property.getKey().toString().startsWith("jvs.")) {
        command.add("-D" + property.getKey() + "=" + property.getValue());
      }
    }
    command.add("-cp");
    command.add(classPath.stream().map(Path::toString).collect(Collectors.joining(":")));
    command.add(GuestMain.class.getName());
    command.addAll(names);
    return command;
  }

  private static boolean isForTheLab(Class<?> type) {
    return AnnotationSupport.isAnnotated(type, InLab.class)
        || !AnnotationSupport.findAnnotatedMethods(
                type, InLab.class, HierarchyTraversalMode.TOP_DOWN)
            .isEmpty();
  }

  /** Directories that a guest would not see by itself. */
  private static List<Path> hidden(List<Path> classPath) {
    return classPath.stream()
        .map(Path::toAbsolutePath)
        .filter(entry -> OWN.stream().anyMatch(entry::startsWith))
        .map(entry -> Files.isDirectory(entry) ? entry : entry.getParent())
        .distinct()
        .toList();
  }

  /**
   * Surefire starts its JVM with a jar that only names the class path, and sets this afterwards.
   */
  private static List<Path> classPath() {
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Arrays.stream(path.split(File.pathSeparator))
        .filter(entry -> !entry.isEmpty())
        .map(Path::of)
        .filter(Files::exists)
        .toList();
  }
}
