package io.jvs.kernel.ipvs;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Our part of the kernel's table: what JVS has read and written there last, and how steps are
 * carried out. Somebody else may change the table at the same time; then it is read again and the
 * steps are worked out anew. Not for use by several threads.
 */
final class OwnTable {
  private static final Logger LOG = System.getLogger(IpvsTransport.class.getName());

  /** How often steps are worked out anew because somebody else was faster. */
  private static final int ROUNDS = 5;

  private static final int ENOENT = 2;
  private static final int ESRCH = 3;
  private static final int EEXIST = 17;

  private final IpvsTable table;
  private final Predicate<ServiceKey> ours;
  private final Map<ServiceKey, ServiceRows> known = new LinkedHashMap<>();
  private long steps;

  /**
   * @param ours services that concern us; asked at every reading
   */
  OwnTable(IpvsTable table, Predicate<ServiceKey> ours) {
    this.table = table;
    this.ours = ours;
  }

  /** Services of ours as they were read or written last. */
  Map<ServiceKey, ServiceRows> known() {
    return known;
  }

  /** Steps carried out so far. */
  long steps() {
    return steps;
  }

  /** Services of ours as they are, with what they count; what is known stays as it is. */
  List<IpvsSnapshot.Entry> look() throws IOException {
    List<IpvsSnapshot.Entry> entries = new ArrayList<>();
    for (ServiceRow row : table.services()) {
      ServiceKey key = row.service().key();
      if (ours.test(key)) {
        entries.add(new IpvsSnapshot.Entry(row, table.destinations(key)));
      }
    }
    return entries;
  }

  /** Takes over what is there as known. */
  List<IpvsSnapshot.Entry> read() throws IOException {
    List<IpvsSnapshot.Entry> entries = look();
    known.clear();
    for (IpvsSnapshot.Entry entry : entries) {
      known.put(entry.service().service().key(), ServiceRows.of(entry));
    }
    return entries;
  }

  /** Takes over one service as known; null if it is gone. */
  void accept(ServiceKey key, @Nullable ServiceRows present) {
    if (present == null) {
      known.remove(key);
    } else {
      known.put(key, present);
    }
  }

  /** A copy of what is known, to go back to. */
  Map<ServiceKey, ServiceRows> copy() {
    Map<ServiceKey, ServiceRows> copy = new LinkedHashMap<>();
    known.forEach(
        (key, rows) ->
            copy.put(
                key, new ServiceRows(rows.service(), new LinkedHashMap<>(rows.destinations()))));
    return copy;
  }

  /**
   * Makes the table as it is wanted.
   *
   * @param target what is wanted, given what is known
   * @param owned services to be deleted if they are not wanted
   * @param whole whether nothing is deleted if the kernel refuses another step
   * @throws Refused if the kernel refuses a step; others are carried out
   * @throws IOException if the kernel cannot be asked
   */
  void converge(
      Function<Map<ServiceKey, ServiceRows>, ? extends Collection<ServiceRows>> target,
      Predicate<ServiceKey> owned,
      boolean whole)
      throws IOException, Refused {
    for (int round = 0; round < ROUNDS; round++) {
      List<Step> all = Difference.between(known, target.apply(known), owned);
      List<Step> builds = all.stream().filter(step -> !Difference.deletes(step)).toList();
      List<Step> deletes = all.stream().filter(Difference::deletes).toList();
      boolean asThought;
      try {
        asThought = carryOut(builds);
      } catch (Refused e) {
        if (!whole) {
          carryOut(deletes); // a dead server must go, whatever is wrong with another
        }
        throw e;
      }
      if (asThought && carryOut(deletes)) {
        return;
      }
      read();
    }
    throw new Refused(
        "the table", "somebody else changed it " + ROUNDS + " times while JVS did", null);
  }

  /** Whether all went as thought; false if somebody else has changed the table meanwhile. */
  private boolean carryOut(List<Step> all) throws IOException, Refused {
    if (all.isEmpty()) {
      return true;
    }
    List<@Nullable IpvsException> answers = table.execute(all.stream().map(Step::command).toList());
    boolean asThought = true;
    Refused refused = null;
    for (int i = 0; i < all.size(); i++) {
      Step step = all.get(i);
      IpvsException answer = answers.get(i);
      if (answer == null || isDoneAlready(step.command(), answer)) {
        note(step.command());
        steps++;
        LOG.log(Level.DEBUG, () -> Difference.subject(step.command()) + ": " + step.reason());
      } else if (isRace(step.command(), answer)) {
        asThought = false;
      } else if (refused == null) {
        refused = new Refused(Difference.subject(step.command()), answer.getMessage(), answer);
      }
    }
    if (refused != null) {
      throw refused;
    }
    return asThought;
  }

  private static boolean isDoneAlready(IpvsCommand command, IpvsException answer) {
    return (command instanceof IpvsCommand.DeleteService && answer.errno() == ESRCH)
        || (command instanceof IpvsCommand.DeleteDestination && answer.errno() == ENOENT);
  }

  private static boolean isRace(IpvsCommand command, IpvsException answer) {
    if (command instanceof IpvsCommand.AddService) {
      return answer.errno() == EEXIST; // ENOENT: no such scheduler
    } else if (command instanceof IpvsCommand.EditService) {
      return answer.errno() == ESRCH;
    } else if (command instanceof IpvsCommand.AddDestination) {
      return answer.errno() == EEXIST || answer.errno() == ESRCH;
    }
    return answer.errno() == ENOENT || answer.errno() == ESRCH;
  }

  private void note(IpvsCommand command) {
    if (command instanceof IpvsCommand.AddService add) {
      known.put(add.service().key(), new ServiceRows(add.service(), new LinkedHashMap<>()));
    } else if (command instanceof IpvsCommand.EditService edit) {
      ServiceKey key = edit.service().key();
      known.put(key, new ServiceRows(edit.service(), destinations(key)));
    } else if (command instanceof IpvsCommand.DeleteService delete) {
      known.remove(delete.service());
    } else if (command instanceof IpvsCommand.AddDestination add) {
      destinations(add.service()).put(add.destination().address(), add.destination());
    } else if (command instanceof IpvsCommand.EditDestination edit) {
      destinations(edit.service()).put(edit.destination().address(), edit.destination());
    } else if (command instanceof IpvsCommand.DeleteDestination delete) {
      destinations(delete.service()).remove(delete.destination());
    }
  }

  /** Of a service that somebody else was faster to add they do not matter: it is read again. */
  private Map<InetSocketAddress, IpvsDestination> destinations(ServiceKey key) {
    ServiceRows rows = known.get(key);
    return rows == null ? new LinkedHashMap<>() : rows.destinations();
  }

  /** The kernel does not do a step. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    private final String subject;
    private final String reason;

    Refused(String subject, @Nullable String reason, @Nullable Throwable cause) {
      super(subject + ": " + reason, cause);
      this.subject = subject;
      this.reason = String.valueOf(reason);
    }

    String subject() {
      return subject;
    }

    String reason() {
      return reason;
    }
  }
}
