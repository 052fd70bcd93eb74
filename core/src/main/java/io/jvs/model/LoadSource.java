package io.jvs.model;

/**
 * Where the load of real servers is known from; what can be asked is {@code
 * io.jvs.feedback.LoadMeasure}. Compared by {@code equals}, so that a reload sees what has changed.
 */
public interface LoadSource {
  /** What kind it is, such as {@code script}. */
  String kind();
}
