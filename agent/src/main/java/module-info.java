import org.jspecify.annotations.NullMarked;

/** Tells directors how much a real server can take. Needs the JDK alone. */
@NullMarked
module io.jvs.agent {
  requires static org.jspecify;
  requires jdk.management; // load and memory where there is no proc file system

  exports io.jvs.agent;
}
