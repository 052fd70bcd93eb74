package io.jvs.kernel.ipvs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** What ipvsadm(8) 1.31 read and printed on a 6.1 kernel, in the directory {@code ipvsadm}. */
final class Recorded {
  private Recorded() {}

  static String text(String name) {
    try (InputStream in = Recorded.class.getResourceAsStream("/ipvsadm/" + name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The table that kinds.rules makes; nothing has passed it. */
  static SavedTable kinds() throws SaveFormatException {
    return SaveFormat.table(SaveFormat.read(text("kinds.rules")));
  }

  static IpvsSnapshot snapshot(SavedTable table) {
    return new IpvsSnapshot(table.services().stream().map(Recorded::entry).toList());
  }

  private static IpvsSnapshot.Entry entry(SavedTable.Service service) {
    List<DestinationRow> rows =
        service.destinations().stream()
            .map(each -> new DestinationRow(each, 0, 0, 0, Traffic.NONE))
            .toList();
    return new IpvsSnapshot.Entry(new ServiceRow(service.service(), Traffic.NONE), rows);
  }
}
