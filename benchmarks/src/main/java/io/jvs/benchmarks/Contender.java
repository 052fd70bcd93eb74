package io.jvs.benchmarks;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A column of the table: a library, or one way to use it. Those beside our own are found by {@link
 * java.util.ServiceLoader}.
 */
public interface Contender {
  /** What stands above the column. */
  String column();

  /** Where it has something to show. */
  Set<Row> rows();

  /** One of {@link #rows} over so many servers; {@link Row#weight} says how heavy they are. */
  Subject create(Row row, int servers);

  /** The same as something that changes, or null if the library has no such thing. */
  default @Nullable Pool pool(Row row, int servers) {
    return null;
  }
}
