import org.jspecify.annotations.NullMarked;

/** Health checks of protocols that need nothing but the JDK. */
@NullMarked
module io.jvs.checks {
  requires static org.jspecify;
  requires transitive io.jvs.core;
  requires java.naming; // parts of distinguished names

  exports io.jvs.checks;
  exports io.jvs.checks.dialogue;
  exports io.jvs.checks.tls;
}
