package io.jvs.launcher.running;

import io.jvs.balancing.AdminOrder;
import io.jvs.balancing.AdminOrder.Kind;
import io.jvs.balancing.LoadBalancer;
import io.jvs.balancing.Orderer;
import io.jvs.balancing.StandingOrder;
import io.jvs.model.RealServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory in which a file puts a server into maintenance, as ldirectord's {@code
 * maintenancedir}: its name is the server's address with or without port, or its host name in full
 * or up to the first dot, with or without port. The first line says why; its owner is who. Not for
 * use by several threads.
 */
final class MaintenanceDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(MaintenanceDirectory.class);
  private static final int LONGEST_WHY = 200;

  private boolean failing;

  /**
   * Gives and takes back orders so that they are what the directory says.
   *
   * @param directory null for none: orders that came from one are taken back
   */
  void follow(@Nullable Path directory, List<LoadBalancer> balancers) {
    Map<String, Path> files = directory == null ? Map.of() : list(directory);
    if (files == null) {
      return; // cannot be read now: what was ordered stays
    }
    for (LoadBalancer balancer : balancers) {
      Set<InetSocketAddress> before = new HashSet<>();
      for (StandingOrder order : balancer.control().orders()) {
        if (order.orderer() == Orderer.DIRECTORY) {
          before.add(order.server());
        }
      }
      if (before.isEmpty() && files.isEmpty()) {
        continue;
      }
      for (RealServer server : balancer.service().realServers()) {
        Path file = file(files, server.address());
        if (file != null && !before.contains(server.address())) {
          balancer.control().order(server.address(), Orderer.DIRECTORY, order(file));
        } else if (file == null && before.contains(server.address())) {
          balancer.control().order(server.address(), Orderer.DIRECTORY, null);
        }
      }
    }
  }

  private @Nullable Map<String, Path> list(Path directory) {
    Map<String, Path> files = new HashMap<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(file -> files.put(file.getFileName().toString(), file));
      failing = false;
      return files;
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      if (!failing) {
        failing = true;
        LOG.warn(
            "maintenance {}: cannot be read: {} (expected: a directory; until then what it said"
                + " last holds)",
            directory,
            e.toString());
      }
      return null;
    }
  }

  private static @Nullable Path file(Map<String, Path> files, InetSocketAddress server) {
    String host =
        server.isUnresolved() ? server.getHostString() : server.getAddress().getHostAddress();
    int dot = host.indexOf('.');
    String shorter = server.isUnresolved() && dot > 0 ? host.substring(0, dot) : host;
    for (String name :
        List.of(
            RealServer.of(server).name(),
            host + ":" + server.getPort(),
            host,
            shorter + ":" + server.getPort(),
            shorter)) {
      Path file = files.get(name);
      if (file != null) {
        return file;
      }
    }
    return null;
  }

  private static AdminOrder order(Path file) {
    String who = "maintenance directory";
    String why = "";
    try {
      who = Files.getOwner(file).getName();
      try (var lines = Files.lines(file)) {
        why = lines.findFirst().orElse("").strip();
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("maintenance {}: nothing to be read in it: {}", file, e.toString());
    }
    String shorter = why.length() > LONGEST_WHY ? why.substring(0, LONGEST_WHY) + "…" : why;
    return AdminOrder.of(
        Kind.MAINTENANCE,
        who,
        (shorter.isEmpty() ? "" : shorter + ", ") + "file " + file.getFileName());
  }
}
