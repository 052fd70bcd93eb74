package io.jvs.launcher.running;

import io.jvs.balancing.AdminOrder;
import io.jvs.balancing.AdminOrder.Kind;
import io.jvs.balancing.Orderer;
import io.jvs.balancing.StandingOrder;
import io.jvs.health.Finding;
import io.jvs.launcher.control.Json;
import io.jvs.model.SocketAddresses;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a restart must not forget: what checks have found, and what operators have ordered. Written
 * whole and renamed, so that it is never half a file. Not for use by several threads.
 */
final class StateFile {
  private static final Logger LOG = LoggerFactory.getLogger(StateFile.class);
  private static final int FORMAT = 1;

  private final Path path;
  private @Nullable String written;
  private boolean failing;

  StateFile(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  /** What stands in the file. */
  record State(List<Finding> findings, List<StandingOrder> orders) {
    static final State EMPTY = new State(List.of(), List.of());
  }

  /** As JSON says it. */
  record Content(int format, List<Found> findings, List<Ordered> orders) {}

  record Found(String service, String server, boolean up, String since, String reason) {}

  record Ordered(
      String service,
      String server,
      String orderer,
      String kind,
      int weight,
      String who,
      String why,
      String since,
      @Nullable String until,
      @Nullable String deadline) {}

  /**
   * Reads what was written last. A file that cannot be understood is set aside and said; a director
   * must start all the same.
   */
  State read() {
    String text;
    try {
      text = Files.readString(path, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      return State.EMPTY;
    } catch (IOException e) {
      LOG.warn("state {}: cannot be read, starting without it: {}", path, e.toString());
      return State.EMPTY;
    }
    try {
      Content content = Json.read(text, Content.class);
      if (content.format() != FORMAT) {
        throw new IOException("format " + content.format() + " (expected: " + FORMAT + ")");
      }
      written = text;
      return new State(
          content.findings().stream().map(StateFile::finding).toList(),
          content.orders().stream()
              .filter(order -> !Orderer.DIRECTORY.toString().equals(order.orderer()))
              .map(StateFile::order)
              .toList());
    } catch (IOException | RuntimeException e) { // anything may stand in a file
      setAside(e);
      return State.EMPTY;
    }
  }

  private void setAside(Exception why) {
    Path aside = path.resolveSibling(path.getFileName() + ".unreadable");
    try {
      Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
      LOG.warn("state {}: not understood, now {}, starting without it: {}", path, aside, why);
    } catch (IOException e) {
      LOG.warn("state {}: not understood, starting without it: {}", path, why.toString());
    }
  }

  /** Writes the state if it is another than the last; trouble is said once until it is over. */
  void write(State state) {
    String text = Json.write(content(state));
    if (text.equals(written)) {
      return;
    }
    try {
      Path fresh = path.resolveSibling(path.getFileName() + ".new");
      Files.writeString(fresh, text, StandardCharsets.UTF_8);
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      written = text;
      failing = false;
    } catch (IOException e) {
      if (!failing) {
        failing = true;
        LOG.warn(
            "state {}: cannot be written: {} (a restart would forget verdicts and orders)",
            path,
            e.toString());
      }
    }
  }

  private static Content content(State state) {
    return new Content(
        FORMAT,
        state.findings().stream()
            .map(
                each ->
                    new Found(
                        each.service(),
                        SocketAddresses.format(each.server()),
                        each.up(),
                        each.since().toString(),
                        each.reason()))
            .sorted(Comparator.comparing(Found::service).thenComparing(Found::server))
            .toList(),
        state.orders().stream()
            .map(StateFile::ordered)
            .sorted(
                Comparator.comparing(Ordered::service)
                    .thenComparing(Ordered::server)
                    .thenComparing(Ordered::orderer))
            .toList());
  }

  private static Ordered ordered(StandingOrder each) {
    AdminOrder order = each.order();
    return new Ordered(
        each.service(),
        SocketAddresses.format(each.server()),
        each.orderer().toString(),
        order.kind().toString(),
        order.weight(),
        order.who(),
        order.why(),
        each.since().toString(),
        text(order.until()),
        text(order.deadline()));
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }

  private static @Nullable Instant time(@Nullable String text) {
    return text == null ? null : Instant.parse(text);
  }

  private static Finding finding(Found each) {
    return new Finding(
        each.service(),
        SocketAddresses.parse(each.server()),
        each.up(),
        Instant.parse(each.since()),
        each.reason());
  }

  private static StandingOrder order(Ordered each) {
    return new StandingOrder(
        each.service(),
        SocketAddresses.parse(each.server()),
        Orderer.valueOf(each.orderer().toUpperCase(Locale.ROOT)),
        new AdminOrder(
            Kind.valueOf(each.kind().toUpperCase(Locale.ROOT).replace('-', '_')),
            each.weight(),
            each.who(),
            each.why(),
            time(each.until()),
            time(each.deadline())),
        Instant.parse(each.since()));
  }
}
