package io.jvs.model;

/**
 * What is tried on a real server, as data: two checks with the same settings are equal, so that a
 * reload sees what has changed. Those that can be run implement {@code io.jvs.health.ActiveCheck}.
 */
public interface HealthCheck {
  /** The kind, as in configuration and messages: {@code tcp-connect}, {@code http}. */
  String kind();
}
