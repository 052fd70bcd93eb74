import org.jspecify.annotations.NullMarked;

/** Definitions, policies and run-time state of JVS. Needs the JDK alone. */
@NullMarked
@SuppressWarnings("module") // the modules exported to are built after this one
module io.jvs.core {
  // Not transitive, although @Nullable is part of the API: javac would ask every user's module for
  // it.
  requires static org.jspecify;
  requires static micrometer.core; // io.jvs.metrics only; applications without it never load it

  exports io.jvs.model;
  exports io.jvs.scheduling;
  exports io.jvs.balancing;
  exports io.jvs.feedback;
  exports io.jvs.health;
  exports io.jvs.transport;
  exports io.jvs.director;
  exports io.jvs.metrics;
  exports io.jvs.persistence to
      io.jvs.transport.udp;
  exports io.jvs.transport.listening to
      io.jvs.transport.tcp,
      io.jvs.transport.udp;
  exports io.jvs.proxyprotocol to
      io.jvs.transport.tcp,
      io.jvs.transport.udp;

  uses io.jvs.scheduling.Scheduler;
}
