package io.jvs.kernel.ipvs;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What all services of a table share: the sync daemons and the timeouts of connections. Not for use
 * by several threads.
 */
final class Daemons {
  private final List<SyncDaemon> wanted;
  private final IpvsTable table;
  private @Nullable IpvsTimeouts timeoutsBefore; // of others, before ours

  Daemons(List<SyncDaemon> wanted, IpvsTable table) {
    this.wanted = wanted;
    this.table = table;
  }

  /** The same with the kernel asked anew. */
  Daemons on(IpvsTable other) {
    Daemons same = new Daemons(wanted, other);
    same.timeoutsBefore = timeoutsBefore;
    return same;
  }

  /**
   * Makes them as they are wanted; what is so already sees no request.
   *
   * @param timeouts null for as they are
   */
  void ensure(@Nullable IpvsTimeouts timeouts) throws IOException, OwnTable.Refused {
    if (!wanted.isEmpty()) {
      List<SyncDaemon> running = table.daemons();
      for (SyncDaemon each : wanted) {
        ensure(each, running);
      }
    }
    if (timeouts != null) {
      IpvsTimeouts present = table.timeouts();
      if (!present.equals(timeouts)) {
        timeoutsBefore = timeoutsBefore == null ? present : timeoutsBefore;
        execute("timeouts", new IpvsCommand.SetTimeouts(timeouts));
      }
    } else {
      giveTimeoutsBack();
    }
  }

  /** Stops the daemons and puts the timeouts back. */
  void takeBack() throws IOException, OwnTable.Refused {
    for (SyncDaemon running : table.daemons()) {
      if (wanted.stream().anyMatch(each -> each.role() == running.role())) {
        stop(running);
      }
    }
    giveTimeoutsBack();
  }

  private void giveTimeoutsBack() throws IOException, OwnTable.Refused {
    IpvsTimeouts before = timeoutsBefore;
    if (before != null) {
      execute("timeouts", new IpvsCommand.SetTimeouts(before));
      timeoutsBefore = null;
    }
  }

  private void ensure(SyncDaemon wish, List<SyncDaemon> running)
      throws IOException, OwnTable.Refused {
    for (SyncDaemon each : running) {
      if (each.role() == wish.role()) {
        if (isMet(wish, each)) {
          return;
        }
        stop(each);
      }
    }
    execute(subject(wish.role()), new IpvsCommand.StartDaemon(wish));
  }

  private void stop(SyncDaemon running) throws IOException, OwnTable.Refused {
    execute(subject(running.role()), new IpvsCommand.StopDaemon(running.role()));
  }

  private static String subject(SyncDaemon.Role role) {
    return "sync daemon " + role.name().toLowerCase(Locale.ROOT);
  }

  /** Whether what runs is as wished; what the wish leaves to the kernel may be anything. */
  static boolean isMet(SyncDaemon wish, SyncDaemon running) {
    return wish.syncId() == running.syncId()
        && wish.networkInterface().equals(running.networkInterface())
        && (wish.maxLength() == 0 || wish.maxLength() == running.maxLength())
        && (wish.group() == null || Objects.equals(wish.group(), running.group()))
        && (wish.port() == 0 || wish.port() == running.port())
        && (wish.ttl() == 0 || wish.ttl() == running.ttl());
  }

  private void execute(String subject, IpvsCommand command) throws IOException, OwnTable.Refused {
    IpvsException answer = table.execute(List.of(command)).get(0);
    if (answer != null) {
      throw new OwnTable.Refused(subject, answer.getMessage(), answer);
    }
  }
}
