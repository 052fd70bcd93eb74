package io.jvs.launcher.configuration;

import io.jvs.kernel.ipvs.IpvsTransport.OnDrift;
import io.jvs.kernel.ipvs.IpvsTransport.OnExit;
import io.jvs.kernel.ipvs.IpvsTransport.TakeOver;
import io.jvs.kernel.ipvs.SyncDaemon;
import io.jvs.model.SocketAddresses;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code transport.ipvs}. */
final class IpvsReader {
  private static final Duration MIN_POLL = Duration.ofMillis(10);
  private static final Duration MAX_POLL = Duration.ofHours(1);
  private static final Duration MAX_DRAIN = Duration.ofDays(31);

  private IpvsReader() {}

  static IpvsSettings read(Value value) {
    Fields fields =
        value.fields(
            "an object with settings",
            "onExit",
            "adopt",
            "onDrift",
            "pollInterval",
            "drainAtMost",
            "sync");
    if (fields == null) {
      return IpvsSettings.DEFAULT;
    }
    return new IpvsSettings(
        ConfigurationFile.constant(fields, "onExit", OnExit.class),
        ConfigurationFile.constant(fields, "adopt", TakeOver.class),
        ConfigurationFile.constant(fields, "onDrift", OnDrift.class),
        duration(fields.get("pollInterval"), MIN_POLL, MAX_POLL),
        duration(fields.get("drainAtMost"), Duration.ZERO, MAX_DRAIN),
        sync(fields.get("sync")));
  }

  private static @Nullable Duration duration(@Nullable Value value, Duration min, Duration max) {
    return value == null ? null : value.duration(min, max, min);
  }

  private static List<SyncDaemon> sync(@Nullable Value value) {
    Fields fields =
        value == null
            ? null
            : value.fields("an object with master, backup or both", "master", "backup");
    List<SyncDaemon> daemons = new ArrayList<>();
    if (fields != null) {
      add(daemons, SyncDaemon.Role.MASTER, fields.get("master"));
      add(daemons, SyncDaemon.Role.BACKUP, fields.get("backup"));
    }
    return daemons;
  }

  private static void add(List<SyncDaemon> daemons, SyncDaemon.Role role, @Nullable Value value) {
    Fields fields =
        value == null
            ? null
            : value.fields(
                "an object with interface and more",
                "interface",
                "id",
                "maxLength",
                "group",
                "port",
                "ttl");
    Value device =
        fields == null ? null : fields.required("interface", "a network interface such as eth0");
    if (fields == null || device == null || value == null) {
      return;
    }
    int before = value.problemsSoFar();
    String name = device.text("a network interface such as eth0");
    if (name != null && !name.matches("[!-~&&[^/]]{1,15}")) {
      device.wrong("'" + name + "' (expected: an interface, 1 to 15 characters, such as eth0)");
    }
    InetAddress group = group(fields.get("group"));
    int id = fields.number("id", 0, 255, 0, "");
    int maxLength = fields.number("maxLength", 1, 65_535, 0, "");
    int port = fields.number("port", 1, 65_535, 0, "");
    int ttl = fields.number("ttl", 1, 255, 0, "");
    if (name != null && value.problemsSoFar() == before) {
      daemons.add(new SyncDaemon(role, id, name, maxLength, group, port, ttl));
    }
  }

  private static @Nullable InetAddress group(@Nullable Value value) {
    String text = value == null ? null : value.text("a multicast address such as 224.0.0.81");
    if (text == null || value == null) {
      return null;
    }
    InetAddress group = value.checked(() -> SocketAddresses.parseIp(text));
    if (group != null && !(group instanceof Inet4Address && group.isMulticastAddress())) {
      value.wrong("'" + text + "' (expected: a multicast address such as 224.0.0.81)");
    }
    return group;
  }
}
