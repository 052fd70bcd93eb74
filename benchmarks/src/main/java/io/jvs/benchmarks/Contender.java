package io.jvs.benchmarks;

import java.util.Set;

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

  /** Where it can be had as something that changes. */
  default Set<Row> pools() {
    return rows();
  }

  /** One of {@link #pools}. */
  default Pool pool(Row row, int servers) {
    throw new UnsupportedOperationException(column() + " has pools for " + pools());
  }
}
