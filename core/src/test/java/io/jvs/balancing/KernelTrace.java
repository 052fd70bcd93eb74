package io.jvs.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jvs.model.AddressFamily;
import io.jvs.model.ConnectionLimits;
import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.Protocol;
import io.jvs.model.RealServer;
import io.jvs.model.SchedulerSpec;
import io.jvs.model.SocketAddresses;
import io.jvs.model.TemplateRules;
import io.jvs.model.Ticker;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.persistence.Template;
import io.jvs.persistence.TemplateTable;
import io.jvs.scheduling.KernelCompatibility;
import io.jvs.scheduling.Schedulers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * One recorded case, fed to a load balancer event by event. The connection table is played by this
 * class: which packet belongs to which entry, and when an entry ends, come from the file.
 */
final class KernelTrace {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode header;
  private final Clock clock = new Clock();
  private final LoadBalancer balancer;
  private final Map<String, InetSocketAddress> addresses = new HashMap<>();
  private final Map<InetSocketAddress, String> ids = new HashMap<>();
  private final Map<String, Entry> table = new HashMap<>();
  private final Map<Integer, Entry> byNumber = new HashMap<>();
  private final Map<String, Integer> sysctl = new HashMap<>();
  private final boolean udp;
  private final Deque<Connection> expiring = new ArrayDeque<>();
  private String place = "";
  private int choices;

  /**
   * Replays a case; a difference is thrown.
   *
   * @return how many choices there were
   */
  static int replay(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    KernelTrace trace;
    try {
      trace = new KernelTrace(JSON.readTree(lines.get(0)));
    } catch (IllegalArgumentException e) { // such as a scheduler that we do not have
      throw new AssertionError(file.getFileName() + ":1: " + e.getMessage(), e);
    }
    for (int i = 1; i < lines.size(); i++) {
      trace.place = file.getFileName() + ":" + (i + 1);
      trace.play(JSON.readTree(lines.get(i)));
    }
    return trace.choices;
  }

  private KernelTrace(JsonNode header) {
    this.header = header;
    this.udp = header.get("protocol").asText().equals("udp");
    header.get("sysctl").properties().forEach(e -> set(e.getKey(), e.getValue().asInt()));
    List<RealServer> servers = new ArrayList<>();
    header.get("servers").forEach(server -> servers.add(server(server)));
    VirtualService service =
        VirtualService.at(address())
            .name(header.get("case").asText())
            .scheduler(spec(header))
            .persistence(persistence())
            .onePacket(header.get("one_packet").asBoolean())
            .realServers(servers)
            .build();
    this.balancer =
        LoadBalancer.builder(service)
            .ticker(clock)
            .schedulers(schedulers())
            .compatibility(KernelCompatibility.LINUX_6_1)
            .build();
  }

  private void play(JsonNode event) {
    long before = clock.millis;
    clock.millis = event.get("t").asLong();
    if (event.get("ev").asText().equals("gone")) {
      gone(event.get("conns"), before);
      return;
    }
    switch (event.get("ev").asText()) {
      case "open" -> open(event);
      case "data", "fin", "rst" -> packet(event);
      case "gone" -> event.get("conns").forEach(number -> entry(number.asInt()).connection.close());
      case "wait" -> {} // the time is in the next event
      case "weight" -> edit(event, event.get("weight").asInt(), null);
      case "thresholds" -> edit(event, null, limits(event));
      case "delete" -> delete(event.get("server").asText());
      case "add" -> add(event.get("server"));
      case "scheduler" ->
          balancer.apply(balancer.service().toBuilder().scheduler(spec(event)).build());
      case "sysctl" -> {
        set(event.get("name").asText(), event.get("value").asInt());
        balancer.apply(balancer.service().toBuilder().persistence(persistence()).build());
      }
      default -> throw new AssertionError(place + ": unknown event " + event);
    }
  }

  private void open(JsonNode event) {
    compareBefore(event);
    Flow flow = flow(event);
    String tuple = flow.toString();
    Entry present = table.get(tuple);
    boolean existing = event.path("existing").asBoolean();
    String expected = event.get("chosen").isNull() ? null : event.get("chosen").asText();
    if (existing && present != null && !isRescheduled(present)) {
      if (listed(present) == null) { // packets of a removed server's connections are dropped
        assertThat(expected).as("%s: a removed server's connection", place).isNull();
        return;
      }
      assertThat(present.server).as("%s: server of the existing entry", place).isEqualTo(expected);
      present.become(event);
      byNumber.put(event.get("conn").asInt(), present);
      compareTemplates(event.get("templates_after"), flow, "after");
      return;
    }
    if (existing && present != null) {
      expiring.add(present.connection); // by a timer set to now: at the next tick or the one after
    }
    Admission admission = balancer.admit(flow);
    String chosen =
        admission instanceof Connection connection ? ids.get(connection.server().address()) : null;
    choices++;
    assertThat(chosen)
        .as("%s: %s\nkernel's servers %s", place, flow, event.get("before"))
        .isEqualTo(expected);
    if (admission instanceof Connection connection && expected != null) {
      int port = event.get("dport").asInt();
      if (header.get("service").path("port").asInt() == 0) {
        assertThat(connection.address().getPort()).as(place).isEqualTo(expectedPort(event, port));
      }
      Entry entry = new Entry(connection, expected);
      if (balancer.service().isOnePacket(flow.protocol())) {
        connection.close();
      } else {
        entry.become(event);
        table.put(tuple, entry);
        byNumber.put(event.get("conn").asInt(), entry);
      }
    }
    compareTemplates(event.get("templates_after"), flow, "after");
  }

  /** With persistence the client's port is kept; else that of the server. */
  private int expectedPort(JsonNode event, int clientsPort) {
    InetSocketAddress server = addresses.get(event.get("chosen").asText());
    return persistence() == null && server != null && server.getPort() != 0
        ? server.getPort()
        : clientsPort;
  }

  /** The server of an entry, as it is defined now, or null if it was removed. */
  private @Nullable RealServer listed(Entry entry) {
    InetSocketAddress address = addresses.get(entry.server);
    return balancer.service().realServers().stream()
        .filter(server -> server.address().equals(address))
        .findFirst()
        .orElse(null);
  }

  /**
   * A packet that could open a connection is a new decision although it has an entry: with
   * expire_nodest_conn if the server is gone, or quiesced and it is a SYN; by conn_reuse_mode if it
   * is a SYN and the entry as good as over.
   */
  private boolean isRescheduled(Entry entry) {
    RealServer server = listed(entry);
    if (sysctl.getOrDefault("expire_nodest_conn", 0) != 0
        && (server == null || (!udp && server.weight() == 0))) {
      return true;
    }
    int mode = sysctl.getOrDefault("conn_reuse_mode", 1);
    boolean halfBlind = header.get("forward").asText().equals("tun");
    return switch (entry.state) {
      case "TIME_WAIT", "CLOSE" -> mode != 0;
      case "FIN_WAIT" -> (mode & 2) != 0 && halfBlind;
      default -> false;
    };
  }

  private void packet(JsonNode event) {
    Entry entry = byNumber.get(event.get("conn").asInt());
    if (entry == null || event.get("state").isNull()) {
      return;
    }
    entry.become(event);
  }

  /** Entries whose timers ran out since the last event, each at its own time. */
  private void gone(JsonNode numbers, long before) {
    long now = clock.millis;
    List<Entry> entries = new ArrayList<>();
    numbers.forEach(number -> entries.add(entry(number.asInt())));
    entries.sort(Comparator.comparingLong(entry -> entry.deadline));
    for (Entry entry : entries) {
      clock.millis = Math.min(Math.max(entry.deadline, before), now);
      entry.connection.close();
    }
    clock.millis = now;
  }

  /** Reference section 7; the bold ones come from the header. */
  private long timeoutMillis(String state) {
    JsonNode set = header.get("timeouts");
    long seconds =
        switch (state) {
          case "ESTABLISHED" -> set.get("tcp").asLong();
          case "FIN_WAIT" -> set.get("fin").asLong();
          case "UDP" -> set.get("udp").asLong();
          case "SYN_RECV", "CLOSE_WAIT" -> 60;
          case "LAST_ACK" -> 30;
          case "CLOSE" -> 10;
          default -> 120;
        };
    return seconds * 1000;
  }

  private void edit(JsonNode event, @Nullable Integer weight, @Nullable ConnectionLimits limits) {
    InetSocketAddress address = addresses.get(event.get("server").asText());
    for (RealServer server : balancer.service().realServers()) {
      if (server.address().equals(address)) {
        RealServer edited = weight == null ? server : server.withWeight(weight);
        balancer.edit(limits == null ? edited : edited.withLimits(limits));
      }
    }
  }

  private void delete(String id) {
    List<RealServer> servers = new ArrayList<>(balancer.service().realServers());
    servers.removeIf(server -> server.address().equals(addresses.get(id)));
    balancer.apply(balancer.service().toBuilder().realServers(servers).build());
  }

  private void add(JsonNode server) {
    balancer.apply(balancer.service().toBuilder().realServer(server(server)).build());
  }

  private void compareBefore(JsonNode event) {
    List<String> kernel = new ArrayList<>();
    for (JsonNode row : event.get("before")) {
      kernel.add(
          row.get(0).asText() + " " + row.get(1) + "/" + row.get(2) + " weight " + row.get(3));
    }
    while (!expiring.isEmpty() && !servers().equals(kernel)) {
      expiring.remove().close();
    }
    assertThat(servers()).as("%s: servers before", place).isEqualTo(kernel);
    if (event.has("overloaded")) {
      List<String> marked = new ArrayList<>();
      event.get("overloaded").forEach(id -> marked.add(id.asText()));
      List<String> overloaded =
          balancer.status().servers().stream()
              .filter(ServerStatus::full)
              .map(server -> ids.getOrDefault(server.server().address(), "?"))
              .toList();
      assertThat(overloaded)
          .as("%s: overloaded", place)
          .containsExactlyInAnyOrderElementsOf(marked);
    }
    if (event.has("templates")) {
      compareTemplates(event.get("templates"), flow(event), "before");
    }
  }

  private List<String> servers() {
    List<String> rows = new ArrayList<>();
    for (ServerStatus server : balancer.status().servers()) {
      String id = ids.getOrDefault(server.server().address(), "?");
      rows.add(
          id
              + " "
              + server.active()
              + "/"
              + server.inactive()
              + " weight "
              + (int) server.weight());
    }
    return rows;
  }

  /** The template that this flow would follow, its server and its seconds left. */
  private void compareTemplates(@Nullable JsonNode templates, Flow flow, String when) {
    if (templates == null) {
      return;
    }
    List<String> kernel =
        StreamSupport.stream(templates.spliterator(), false)
            .filter(each -> isOf(each, flow))
            .map(each -> each.get("server").asText())
            .toList();
    TemplateTable<ServerState> table = balancer.generation().templates();
    Template<ServerState> found = table == null ? null : table.find(flow, clock.nanoTime());
    // A template of a server that has left still stands in the kernel's table; so does ours.
    List<String> ours =
        found == null
            ? List.of()
            : List.of(String.valueOf(ids.get(found.server().definition().address())));
    assertThat(ours).as("%s: template %s, kernel's %s", place, when, templates).isEqualTo(kernel);
    if (found != null) {
      JsonNode row =
          StreamSupport.stream(templates.spliterator(), false)
              .filter(each -> isOf(each, flow))
              .findFirst()
              .orElseThrow();
      // Whole seconds, rounded down, read some milliseconds after the packet.
      double left = found.remainingNanos(clock.nanoTime()) / 1e9;
      assertThat(left)
          .as("%s: seconds left of the template %s", place, when)
          .isBetween(row.get("left").asInt() - 0.2, row.get("left").asInt() + 1.2);
    }
  }

  /** Leaves out neutralised templates, and those for another destination of an all-port service. */
  private boolean isOf(JsonNode template, Flow flow) {
    if (template.path("dport").asInt() == 65_535) {
      return false;
    }
    return !template.has("dst")
        || flow.toString().contains("to " + template.get("dst").asText() + ":")
        || flow.toString().contains("to [" + template.get("dst").asText() + "]:");
  }

  private Flow flow(JsonNode event) {
    Flow flow =
        Flow.of(
            udp ? Protocol.UDP : Protocol.TCP,
            socket(event.get("client").asText(), event.get("cport").asInt()),
            socket(event.get("dst").asText(), event.get("dport").asInt()));
    JsonNode mark = header.get("service").get("fwmark");
    return mark == null ? flow : flow.withMark(mark.asLong());
  }

  private VirtualAddress address() {
    JsonNode service = header.get("service");
    if (service.has("fwmark")) {
      return VirtualAddress.firewallMark(
          service.get("fwmark").asLong(),
          header.get("family").asText().equals("ipv4") ? AddressFamily.IPV4 : AddressFamily.IPV6);
    }
    String vip = service.get("vip").asText();
    int port = service.get("port").asInt();
    return udp ? VirtualAddress.udp(vip, port) : VirtualAddress.tcp(vip, port);
  }

  private @Nullable Persistence persistence() {
    JsonNode persistent = header.get("persistent");
    if (persistent.isNull()) {
      return null;
    }
    int prefix = persistent.get("netmask").asInt();
    return new Persistence.SourceNetwork(
        Duration.ofSeconds(persistent.get("timeout").asLong()),
        Math.min(prefix, 32),
        prefix,
        TemplateRules.DEFAULT
            .withExpireQuiesced(sysctl.getOrDefault("expire_quiescent_template", 0) != 0)
            .withExpireDown(sysctl.getOrDefault("expire_nodest_conn", 0) != 0));
  }

  /** A knob of the kernel; a new one is a rule that somebody must think about. */
  private void set(String name, int value) {
    assertThat(name)
        .as("%s: sysctl", place)
        .isIn(
            "conn_reuse_mode",
            "expire_nodest_conn",
            "expire_quiescent_template",
            "lblc_expiration",
            "lblcr_expiration");
    sysctl.put(name, value);
  }

  private Schedulers schedulers() {
    Schedulers schedulers = Schedulers.builtIn();
    JsonNode sysctl = header.get("sysctl");
    if (sysctl.has("lblc_expiration")) {
      schedulers = schedulers.lblcExpiration(seconds(sysctl.get("lblc_expiration")));
    }
    if (sysctl.has("lblcr_expiration")) {
      schedulers = schedulers.lblcrExpiration(seconds(sysctl.get("lblcr_expiration")));
    }
    return schedulers;
  }

  private static Duration seconds(JsonNode number) {
    return Duration.ofSeconds(number.asLong());
  }

  private static SchedulerSpec spec(JsonNode from) {
    Set<String> flags = new HashSet<>();
    from.get("flags").forEach(flag -> flags.add(flag.asText()));
    return new SchedulerSpec(from.get("scheduler").asText(), flags);
  }

  private RealServer server(JsonNode server) {
    InetSocketAddress address = socket(server.get("address").asText(), server.get("port").asInt());
    addresses.put(server.get("id").asText(), address);
    ids.put(address, server.get("id").asText());
    return RealServer.of(address)
        .withWeight(server.get("weight").asInt())
        .withLimits(limits(server));
  }

  private static ConnectionLimits limits(JsonNode from) {
    return new ConnectionLimits(from.get("upper").asInt(), from.get("lower").asInt());
  }

  private static InetSocketAddress socket(String ip, int port) {
    InetAddress address = SocketAddresses.parseIp(ip);
    return new InetSocketAddress(address, port);
  }

  private Entry entry(int number) {
    Entry entry = byNumber.get(number);
    assertThat(entry).as("%s: connection %d", place, number).isNotNull();
    return Objects.requireNonNull(entry);
  }

  /** An entry of the kernel's connection table. */
  private final class Entry {
    private Connection connection;
    private final String server;
    private String state = "NONE";
    private long deadline;

    Entry(Connection connection, String server) {
      this.connection = connection;
      this.server = server;
    }

    /** The state after a packet; a SYN can bring a closing entry back to life. */
    void become(JsonNode event) {
      state = event.get("state").asText();
      deadline = clock.millis + timeoutMillis(state);
      boolean active = state.equals("ESTABLISHED") || state.equals("SYN_RECV");
      if (active && connection.phase() == Phase.CLOSING && !udp) {
        Connection old = connection;

        connection =
            new Connection(
                balancer,
                balancer.generation(),
                old.state(),
                old.address(),
                Protocol.TCP,
                null,
                null);
        old.close();
      }
      connection.advance(active || udp ? Phase.ACTIVE : Phase.CLOSING);
    }
  }

  /** Stands at the time of the event. */
  private static final class Clock implements Ticker {
    private long millis;

    @Override
    public long nanoTime() {
      return millis * 1_000_000;
    }

    @Override
    public Instant now() {
      return Instant.ofEpochMilli(millis);
    }
  }
}
