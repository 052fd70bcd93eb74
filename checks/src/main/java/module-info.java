import org.jspecify.annotations.NullMarked;

/** Health checks of protocols that need nothing but the JDK. */
@NullMarked
module io.jvs.checks {
  requires static org.jspecify;
  requires transitive io.jvs.core;
  requires org.dnsjava;
  requires java.naming; // parts of distinguished names

  exports io.jvs.checks;
  exports io.jvs.checks.command;
  exports io.jvs.checks.dialogue;
  exports io.jvs.checks.dns;
  exports io.jvs.checks.file;
  exports io.jvs.checks.tls;
  exports io.jvs.checks.udp;
}
