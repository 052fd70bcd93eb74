package io.jvs.transport.tcp;

import static io.jvs.transport.tcp.TcpOptions.FirstBytes.What.TLS_SESSION;

import io.jvs.balancing.Admission;
import io.jvs.balancing.Connection;
import io.jvs.balancing.Failure;
import io.jvs.balancing.Fault;
import io.jvs.balancing.Phase;
import io.jvs.balancing.Refused;
import io.jvs.model.Flow;
import io.jvs.model.SocketAddresses;
import io.jvs.model.Timeouts;
import io.jvs.transport.ConnectionIds;
import io.jvs.transport.Pass;
import io.jvs.transport.tcp.hello.ClientHello;
import io.jvs.transport.tcp.hello.ServerFlight;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client from its arrival to its end: whether it may come in, a place within the limit, a real
 * server from the load balancer, at once or after a wait, another if that one cannot be reached,
 * and what the load balancer has to know of it. Bytes are the engine's business. All of it happens
 * on the session's loop, but for a look from outside ({@link #now}).
 */
final class ProxiedConnection extends ConnectionCourse implements SessionOwner {
  private final Timeouts timeouts;
  private final Runnable enter = this::scheduleAdmission; // one object: the limit knows it by that
  private ConnectionLimit.Answer place = ConnectionLimit.Answer.REFUSED;
  private @Nullable Introduction introduction; // if anything is to be looked at
  private @Nullable ServerFlight serverFlight; // if anything is to be learnt from answers
  private @Nullable ByteBuffer preamble; // for all attempts
  private @Nullable Pass pass;
  private @Nullable Flow flow;
  private @Nullable Waiter waiter;
  private Sources.@Nullable Choice source; // null: as routing says
  private boolean delayed; // it could not be admitted right at its arrival
  private boolean asked;
  private boolean answered;
  private boolean closedByServer; // first, so it is not the client who has lost interest
  private @Nullable String unwanted; // why it is to be reset as soon as it is connected
  private boolean over;

  ProxiedConnection(Proxy proxy, CarriedService service, RelaySession session) {
    super(proxy, service, session);
    this.timeouts = service.timeouts();
  }

  void arrived() {
    proxy.open().add(this);
    session.ownedBy(this);
    introduction = Introduction.of(service.options(), session.client(), timeouts.connect());
    // Whoever speaks for others is no client; whom it speaks for comes in when that is known.
    boolean speaksForOthers = introduction != null && introduction.awaitsHeader();
    if (!speaksForOthers && !comesIn(session.client())) {
      return;
    }
    place = proxy.limit().enter(enter);
    switch (place) {
      case ENTERED -> looked();
      case REFUSED -> refuse("max-connections");
      case WAITING -> delayed = true;
    }
  }

  /** Access list and limits, by the address of the client itself; if not, it is refused. */
  private boolean comesIn(InetSocketAddress client) {
    Pass answer = service.enter(client.getAddress());
    Refused.Cause refusal = answer.refusal();
    if (refusal != null) {
      refuse(refusal.toString());
      return false;
    }
    pass = answer;
    return true;
  }

  /** Any thread: whoever has made room. */
  private void scheduleAdmission() {
    session.execute(
        () -> {
          if (!over) {
            place = ConnectionLimit.Answer.ENTERED;
            looked();
          }
        });
  }

  /** It has a place, or more of it has been seen: who is it, and what does it want? */
  @Override
  public void looked() {
    String refusal = introduction == null ? null : introduction.refusal();
    if (refusal != null) {
      String from = SocketAddresses.format(session.client());
      service.refuse(Refused.Cause.BAD_START, from + ": " + refusal);
      refuse(Refused.Cause.BAD_START + ": " + refusal);
      return;
    }
    if (pass == null
        && introduction != null
        && !introduction.awaitsHeader()
        && !comesIn(client())) {
      return;
    }
    Look next = introduction == null ? null : introduction.next();
    if (next == null) {
      admit();
    } else {
      delayed = true;
      session.look(next);
    }
  }

  /** Who connects, as far as is known: by its PROXY header, else by its socket. */
  @Override
  InetSocketAddress client() {
    return introduction == null ? session.client() : introduction.client();
  }

  private void admit() {
    Flow by = service.flow(client(), session.local());
    String key = introduction == null ? null : key(introduction);
    Flow wish = key == null ? by : by.withKey(key);
    flow = wish;
    seekServer(wish, null);
  }

  private void seekServer(Flow wish, @Nullable Connection failed) {
    Admission answer = service.admit(wish, failed);
    if (answer == CarriedService.FULL) {
      waiter = new Waiter(wish, failed, System.nanoTime(), this::served);
      answer = service.await(waiter);
      if (answer == CarriedService.FULL) {
        delayed = true;
        return; // what it sends meanwhile stays in its socket
      }
      waiter = null;
    }
    follow(answer);
  }

  /** Any thread: it need not wait any longer. */
  private void served(@Nullable Admission answer) {
    session.execute(
        () -> {
          waiter = null;
          if (!over) {
            follow(answer);
          } else if (answer instanceof Connection unused) { // the client was faster
            unused.abandon();
            service.madeRoom();
          }
        });
  }

  /** What the client is known by, or null for its address. */
  private @Nullable String key(Introduction said) {
    String key = said.key();
    ClientHello hello = said.clientHello();
    if (key == null && said.keyOf() != null && (said.keyOf() != TLS_SESSION || hello == null)) {
      proxy.servedWithoutKey();
    }
    if (said.keyOf() != TLS_SESSION || hello == null) {
      return key;
    }
    serverFlight = new ServerFlight(hello, this::learn);
    // A session that nobody has issued is none, and most ids of TLS 1.3 are made up.
    return key != null && service.remembers(key) ? key : null;
  }

  private void learn(String session) {
    if (connection != null) {
      service.remember(session, connection);
    }
  }

  private void follow(@Nullable Admission admission) {
    if (admission instanceof Connection admitted) {
      admitted(admitted, delayed);
      service.connections().add(admitted.server().address(), this);
      connect(admitted, admitted.address());
    } else { // refused, and the load balancer has told its listeners why; or the policy failed
      refuse(admission instanceof Refused no ? no.cause().toString() : "policy-failure");
    }
  }

  private void refuse(String why) {
    refusedFor(why);
    session.reset();
  }

  private void connect(Connection to, InetSocketAddress address) {
    if (!address.isUnresolved()) {
      connect(address, timeouts);
      return;
    }
    long start = System.nanoTime();
    String host = address.getHostString();
    proxy
        .names()
        .resolve(host)
        .orTimeout(timeouts.connect().toNanos(), TimeUnit.NANOSECONDS)
        .whenComplete(
            (ip, failure) ->
                session.execute(
                    () -> {
                      if (over || connection != to) {
                        return;
                      }
                      if (ip == null) {
                        connectFailed(HostNames.reason(host, failure, timeouts.connect()), false);
                        return;
                      }
                      Duration left = timeouts.connect().minusNanos(System.nanoTime() - start);
                      connect(
                          new InetSocketAddress(ip, address.getPort()),
                          timeouts.withConnect(left.toMillis() < 1 ? Duration.ofMillis(1) : left));
                    }));
  }

  private void connect(InetSocketAddress server, Timeouts limits) {
    Sources sources = service.sources();
    source = sources == null ? null : sources.choose(client(), server, limits);
    session.connect(request(server, limits));
  }

  private ConnectRequest request(InetSocketAddress server, Timeouts limits) {
    return new ConnectRequest(
        server,
        source == null ? null : source.source(),
        source != null && source.transparent,
        preamble(),
        service.options().serverSockets(),
        limits);
  }

  private @Nullable ByteBuffer preamble() {
    TcpOptions.ProxyHeader wanted = service.options().proxyTo();
    if (preamble == null && wanted != null) {
      preamble =
          Preamble.of(
              wanted,
              session.client(),
              session.local(),
              introduction,
              () -> ConnectionIds.text(id));
    }
    return preamble;
  }

  @Override
  public void sourceFailed(String reason) {
    Connection failed = connection;
    if (failed == null || flow == null) {
      throw new IllegalStateException("no connection was asked for");
    }
    if (source != null && source.next()) {
      session.connect(request(source.server, source.limits));
      return;
    }
    // The server is not to blame, and towards another one there may be ports.
    proxy.sourceFailure(failed.address(), reason);
    service.connections().remove(failed.server().address(), this);
    unwanted = null;
    failed.abandon();
    connection = null;
    seekServer(flow, failed);
    service.madeRoom();
  }

  @Override
  public void connected() {
    Connection to = connection;
    if (to != null) {
      to.advance(Phase.ACTIVE);
      hasConnected(to);
      proxy.connected();
      if (unwanted != null) {
        drop(unwanted);
      }
    }
  }

  @Override
  public void asked() {
    asked = true;
    Connection to = connection;
    if (to != null) { // a client may take its time, as those do that connect in advance
      to.excuse(hasAsked());
    }
  }

  @Override
  public boolean readsAnswers() {
    return serverFlight != null || (connection != null && connection.readsAnswers());
  }

  @Override
  public void answered(@Nullable ByteBuffer firstBytes) {
    answered = true;
    Connection by = connection;
    if (by == null) {
      return;
    }
    hasAnswered(by);
    if (firstBytes == null) {
      by.answered();
    } else {
      overheard(firstBytes.duplicate());
      by.answered(firstBytes);
    }
  }

  @Override
  public boolean overhears() {
    return serverFlight != null && !serverFlight.isDone();
  }

  @Override
  public void overheard(ByteBuffer bytes) {
    if (serverFlight != null) {
      serverFlight.read(bytes);
    }
  }

  @Override
  public boolean stillUnanswered() {
    Connection to = connection;
    return to != null && to.stillUnanswered();
  }

  @Override
  public void connectFailed(String reason, boolean local) {
    Connection failed = connection;
    if (failed == null || flow == null) {
      throw new IllegalStateException("no connection was asked for");
    }
    if (local) { // another server would not help, and this one is not to blame
      proxy.localFailure(reason);
      refuse("local: " + reason);
      return;
    }
    service.connections().remove(failed.server().address(), this);
    unwanted = null;
    Fault fault = Reasons.fault(reason);
    failed.fail(Failure.NEVER_SENT, fault, reason);
    attemptFailed(failed.server(), fault, reason);
    connection = null;
    seekServer(flow, failed);
    service.madeRoom();
  }

  @Override
  public void halfClosed(boolean byServer) {
    closedByServer = byServer;
    Connection present = connection;
    if (present != null) {
      present.advance(Phase.CLOSING);
    }
  }

  @Override
  public void transferred(long newFromClient, long newToClient) {
    Connection present = connection;
    if (present != null) {
      present.countBytes(newFromClient, newToClient);
      counted(newFromClient, newToClient);
    }
  }

  @Override
  public void ended(End how) {
    over = true;
    Connection last = connection;
    Fault fault = null;
    if (last != null) {
      service.connections().remove(last.server().address(), this);
      fault = fault(how, last.phase());
      if (fault != null) {
        cause = reason(fault);
        last.fail(Failure.MAYBE_PROCESSED, fault, cause);
      } else if (answered) {
        last.close();
      } else { // whatever the server may be worth, it has not shown it
        if (asked) {
          var unused = last.stillUnanswered();
        }
        last.abandon();
      }
      service.madeRoom();
    } else if (waiter != null) {
      service.leaveQueue(waiter);
    }
    if (pass != null) {
      pass.leave();
    }
    switch (place) {
      case ENTERED -> proxy.limit().leave();
      case WAITING -> proxy.limit().leaveQueue(enter);
      case REFUSED -> {}
    }
    tell(how, fault);
    proxy.open().remove(this);
  }

  /**
   * Any thread: ends it if it is with this server. While it is being connected it is left alone,
   * since it may yet be connected elsewhere.
   */
  void resetFrom(InetSocketAddress server, String why) {
    session.execute(
        () -> {
          if (over || connection == null || !connection.server().address().equals(server)) {
            return;
          }
          if (connection.phase() == Phase.OPENING) {
            unwanted = why;
          } else {
            cause = why;
            session.reset();
          }
        });
  }

  /** What the server has done wrong, or null. */
  private @Nullable Fault fault(End how, Phase phase) {
    boolean owesAnswer = asked && !answered;
    return switch (how) {
      // After a FIN a reset is a hasty goodbye, of which many servers and clients are guilty.
      case SERVER_RESET -> phase == Phase.ACTIVE ? Fault.RESET : null;
      case CLOSED -> owesAnswer && closedByServer ? Fault.CLOSED_UNANSWERED : null;
      case IDLE -> owesAnswer && phase == Phase.ACTIVE ? Fault.NO_ANSWER : null;
      case CLIENT_RESET, DROPPED -> null;
    };
  }

  /** The same for people. */
  private String reason(Fault fault) {
    return switch (fault) {
      case RESET -> "connection reset by the server";
      case CLOSED_UNANSWERED -> "closed by the server without an answer";
      case NO_ANSWER -> "no answer within " + Reasons.text(timeouts.tcp());
      default -> throw new IllegalArgumentException(fault.toString()); // not of the end
    };
  }

  /** Any thread: ends it, whatever it is doing. */
  void drop(String why) {
    session.execute(
        () -> {
          if (!over) {
            cause = why;
            session.reset();
          }
        });
  }
}
