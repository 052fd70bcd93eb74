package io.jvs.kernel.ipvs;

import io.jvs.model.SocketAddresses;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What in a service of ours is other than JVS wrote it, one sentence each. Pure. */
final class Drift {
  private Drift() {}

  /**
   * @param written as JVS left it, or null if it has not
   * @param present as it is, or null if it is gone
   */
  static List<String> between(@Nullable ServiceRows written, @Nullable ServiceRows present) {
    if (written == null) {
      return List.of();
    }
    if (present == null) {
      return List.of("it was deleted");
    }
    List<String> all = new ArrayList<>();
    if (!Difference.isSame(written.service(), present.service())) {
      all.add(Difference.serviceChange(written.service(), present.service()));
    }
    for (IpvsDestination was : written.destinations().values()) {
      IpvsDestination is = present.destinations().get(was.address());
      String name = SocketAddresses.format(was.address());
      if (is == null) {
        all.add(name + " was deleted");
      } else if (!is.equals(was)) {
        all.add(name + " " + Difference.change(was, is));
      }
    }
    for (IpvsDestination is : present.destinations().values()) {
      if (!written.destinations().containsKey(is.address())) {
        all.add(SocketAddresses.format(is.address()) + " was added");
      }
    }
    return all;
  }
}
