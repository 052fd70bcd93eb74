package io.jvs.launcher;

import io.jvs.balancing.Explanation;
import io.jvs.launcher.control.ReloadReport;
import io.jvs.launcher.control.StatusReport;
import io.jvs.launcher.control.StatusReport.Durations;
import io.jvs.launcher.control.StatusReport.Intake;
import io.jvs.launcher.control.StatusReport.Ipvs;
import io.jvs.launcher.control.StatusReport.Server;
import io.jvs.launcher.control.StatusReport.Service;
import io.jvs.launcher.control.StatusReport.Tcp;
import io.jvs.launcher.control.StatusReport.Udp;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A status for people, in the order of {@code ipvsadm -L}. */
final class StatusTable {
  private static final List<String> HEADINGS =
      List.of(
          "SERVER",
          "FORWARD",
          "WEIGHT",
          "STATE",
          "ACTIVE",
          "INACTIVE",
          "OPENED",
          "FAILED",
          "IN",
          "OUT");

  private static final Set<Integer> WORDS = Set.of(0, 1, 3);

  private StatusTable() {}

  static String of(StatusReport report) {
    StringBuilder out = new StringBuilder();
    out.append("jvs ").append(report.version());
    out.append(", ").append(report.state()).append(" since ").append(report.started());
    out.append(", pid ").append(report.pid());
    out.append(", ").append(report.file()).append('\n');
    ReloadReport reload = report.lastReload();
    if (reload != null && !reload.applied()) {
      out.append("the reload at ").append(reload.at()).append(" was refused:\n");
      reload.problems().forEach(problem -> out.append("  ").append(problem).append('\n'));
    }
    Tcp tcp = report.tcp();
    out.append("tcp  ").append(tcp.engine());
    out.append("  connections ").append(tcp.connections());
    out.append(" of at most ").append(tcp.maxConnections());
    out.append("  refused when full ").append(tcp.refusedWhenFull());
    out.append("  local failures ").append(tcp.acceptFailures());
    out.append("  policy failures ").append(tcp.policyFailures()).append('\n');
    if (report.udp() != null) {
      append(out, report.udp());
    }
    if (report.ipvs() != null) {
      append(out, report.ipvs());
    }
    report.services().forEach(service -> append(out, service));
    return out.toString();
  }

  private static void append(StringBuilder out, Udp udp) {
    out.append("udp  ").append(udp.engine());
    out.append("  flows ").append(udp.flows());
    out.append(" of at most ").append(udp.maxFlows());
    out.append("  evicted ").append(udp.evicted());
    out.append("  source ports ").append(udp.sourcePorts()).append('\n');
    String dropped =
        udp.dropped().entrySet().stream()
            .filter(each -> each.getValue() > 0)
            .map(each -> each.getKey() + " " + each.getValue())
            .collect(Collectors.joining("  "));
    if (!dropped.isEmpty()) {
      out.append("  datagrams dropped: ").append(dropped).append('\n');
    }
    if (udp.unreachableTold() > 0) {
      out.append("  clients told that nobody is there (ICMP) ").append(udp.unreachableTold());
      out.append('\n');
    }
    if (udp.quicIds() > 0) {
      out.append("  QUIC connection ids ").append(udp.quicIds());
      out.append("  followed ").append(udp.quicFollowed());
      out.append("  forgotten early ").append(udp.quicIdsEvicted()).append('\n');
    }
  }

  private static void append(StringBuilder out, Ipvs ipvs) {
    out.append("ipvs  services ").append(ipvs.services());
    out.append("  destinations ").append(ipvs.destinations());
    out.append("  leaving ").append(ipvs.leaving());
    out.append("  steps ").append(ipvs.steps());
    out.append("  rejected ").append(ipvs.rejected());
    out.append("  mended ").append(ipvs.mended()).append('\n');
    if (ipvs.trouble() != null) {
      out.append("  cannot be asked: ").append(ipvs.trouble()).append('\n');
    }
  }

  private static void append(StringBuilder out, Service service) {
    out.append('\n').append(service.name());
    if (!service.name().equals(service.address())) {
      out.append("  ").append(service.address());
    }
    out.append("  ").append(service.scheduler());
    if (service.persistence() != null) {
      out.append("  ").append(service.persistence());
    }
    if (service.onePacket()) {
      out.append("  one-packet");
    }
    if (service.weightCorrection() != null) {
      out.append("  ").append(service.weightCorrection());
    }
    if (service.preferredZone() != null) {
      out.append("  prefers zone ").append(service.preferredZone());
    }
    if (service.subset() != null) {
      out.append("  ").append(service.servers().size()).append(" of ").append(service.pool());
      out.append(" servers, ").append(service.subset());
    }
    out.append("  connections ").append(service.connections());
    out.append("  templates ").append(service.templates());
    if (service.templatesEvicted() > 0) {
      out.append("  evicted ").append(service.templatesEvicted());
    }
    out.append('\n');

    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADINGS);
    service.servers().forEach(server -> rows.add(row(server, server.state())));
    service.removed().forEach(server -> rows.add(row(server, "removed")));
    Server fallback = service.fallback();
    if (fallback != null) {
      rows.add(row(fallback, "fallback"));
    }
    Columns.append(out, rows, WORDS);

    for (Server server : service.servers()) {
      if (server.since() != null) {
        out.append("  ").append(server.address()).append(" down since ").append(server.since());
        out.append(": ").append(server.reason()).append('\n');
      }
    }
    for (Server server : service.servers()) {
      for (String order : server.orders()) {
        out.append("  ").append(server.address()).append(" ").append(order).append('\n');
      }
      server
          .warnings()
          .forEach(
              (check, warning) ->
                  out.append("  ")
                      .append(server.address())
                      .append(" warning of ")
                      .append(check)
                      .append(": ")
                      .append(warning)
                      .append('\n'));
    }
    for (Server server : service.servers()) {
      if (server.weightReason() != null) {
        out.append("  ").append(server.address()).append(" weight ");
        out.append(Explanation.text(server.weight())).append(" of ");
        out.append(server.configuredWeight());
        out.append(": ").append(server.weightReason()).append('\n');
      }
    }
    for (Server server : service.servers()) {
      if (!server.failures().isEmpty()) {
        out.append("  ").append(server.address()).append(" failed");
        appendCounts(out, server.failures());
      }
    }
    appendDurations(out, service.durations());
    if (service.panic()) {
      out.append("  panic: too few servers are up, so all are used\n");
    }
    if (service.quorumLost()) {
      out.append("  the quorum is lost, so the fallback answers\n");
    }
    if (service.access() != null) {
      out.append("  ").append(service.access()).append('\n');
    }
    if (service.limits() != null) {
      out.append("  ").append(service.limits()).append('\n');
    }
    if (service.intake() != null) {
      append(out, service.intake());
    }
    if (!service.refused().isEmpty()) {
      out.append("  refused");
      appendCounts(out, service.refused());
    }
  }

  private static void append(StringBuilder out, Intake intake) {
    int start = out.length();
    if (intake.counted()) {
      out.append("  clients inside ").append(intake.connections());
    }
    if (intake.maxConnections() > 0) {
      out.append(" of at most ").append(intake.maxConnections());
    }
    if (intake.queueLength() > 0 || intake.waiting() > 0) {
      out.append("  waiting ").append(intake.waiting());
      out.append(" of at most ").append(intake.queueLength());
      if (intake.waiting() > 0) {
        out.append(", the first for ").append(intake.longestWait()).append(" s");
      }
      out.append("  have waited ").append(intake.waited());
    }
    if (intake.clients() > 0) {
      out.append("  known one by one ").append(intake.clients());
    }
    if (intake.unknownClients() > 0) {
      out.append("  not known for want of room ").append(intake.unknownClients());
    }
    if (intake.droppedPackets() > 0) {
      out.append("  packets dropped ").append(intake.droppedPackets());
    }
    if (out.length() > start) {
      out.append('\n');
    }
  }

  private static void appendCounts(StringBuilder out, Map<String, Long> counts) {
    counts.forEach((what, count) -> out.append("  ").append(what).append(' ').append(count));
    out.append('\n');
  }

  /** Since the start; metrics tell of shorter times. */
  private static void appendDurations(StringBuilder out, Map<String, Durations> durations) {
    if (durations.isEmpty()) {
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("TIME", "COUNT", "P50", "P90", "P99", "P99.9"));
    durations.forEach(
        (part, seen) ->
            rows.add(
                List.of(
                    part,
                    Long.toString(seen.count()),
                    millis(seen.p50Ms()),
                    millis(seen.p90Ms()),
                    millis(seen.p99Ms()),
                    millis(seen.p999Ms()))));
    Columns.append(out, rows, Set.of(0));
  }

  /** {@code 0.25ms}, {@code 12.3ms}, {@code 4.5s}. */
  static String millis(double millis) {
    String pattern = millis < 10 ? "%.2fms" : millis < 100 ? "%.1fms" : "%.0fms";
    return millis < 1000
        ? String.format(Locale.ROOT, pattern, millis)
        : String.format(Locale.ROOT, millis < 100_000 ? "%.1fs" : "%.0fs", millis / 1000);
  }

  private static List<String> row(Server server, String state) {
    String weight =
        server.weight() == server.configuredWeight()
            ? Explanation.text(server.weight())
            : Explanation.text(server.weight()) + " of " + server.configuredWeight();
    return List.of(
        server.address(),
        server.forwarding(),
        weight,
        state,
        Integer.toString(server.active()),
        Integer.toString(server.inactive()),
        Long.toString(server.opened()),
        Long.toString(server.failed()),
        bytes(server.bytesIn()),
        bytes(server.bytesOut()));
  }

  /** {@code 1234}, {@code 12.3k}, {@code 4.5M}: three digits are enough for a glance. */
  static String bytes(long count) {
    if (count < 10_000) {
      return Long.toString(count);
    }
    double value = count;
    String unit = "";
    for (String next : List.of("k", "M", "G", "T", "P", "E")) {
      if (value < 1000) {
        break;
      }
      value /= 1000;
      unit = next;
    }
    return String.format(Locale.ROOT, value < 100 ? "%.1f%s" : "%.0f%s", value, unit);
  }
}
