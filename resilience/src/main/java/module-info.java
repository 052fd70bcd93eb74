import org.jspecify.annotations.NullMarked;

/** In-band health and failover with resilience4j, whose jars are automatic modules. */
@NullMarked
module io.jvs.resilience {
  requires static org.jspecify;
  requires transitive io.jvs.core;
  requires io.github.resilience4j.circuitbreaker;

  exports io.jvs.resilience;
}
