package io.jvs.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** All columns: the floors, ours, and those of the peers that are on the class path. */
final class Contenders {
  private Contenders() {}

  static List<Contender> all() {
    List<Contender> all = new ArrayList<>();
    all.add(new Floors());
    all.addAll(List.of(Jvs.values()));
    ServiceLoader.load(Contender.class).forEach(all::add);
    return all;
  }

  /** All that can be measured, as {@code column/ROW}. */
  static List<String> subjects() {
    List<String> subjects = new ArrayList<>();
    for (Contender contender : all()) {
      contender.rows().stream().sorted().forEach(row -> subjects.add(subject(contender, row)));
    }
    return subjects;
  }

  static String subject(Contender contender, Row row) {
    return contender.column() + "/" + row.name();
  }

  static Row row(String subject) {
    return Row.valueOf(subject.substring(subject.indexOf('/') + 1));
  }

  static Subject create(String subject, int servers) {
    Row row = row(subject);
    for (Contender contender : all()) {
      if (subject(contender, row).equals(subject) && contender.rows().contains(row)) {
        return contender.create(row, servers);
      }
    }
    throw new IllegalArgumentException(
        "subject '" + subject + "' (expected: one of " + subjects() + ")");
  }
}
