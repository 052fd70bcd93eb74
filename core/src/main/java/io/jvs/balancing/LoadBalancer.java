package io.jvs.balancing;

import io.jvs.model.Flow;
import io.jvs.model.RealServer;
import io.jvs.model.Ticker;
import io.jvs.model.VirtualService;
import io.jvs.persistence.TemplateTable;
import io.jvs.scheduling.KernelCompatibility;
import io.jvs.scheduling.Schedulers;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One virtual service at run time: finds a real server for each flow and counts what is open.
 *
 * <p>Flows are admitted by any thread; that neither blocks nor locks. (Remembering a new client of
 * a persistent service locks a small part of its templates for as long as linking one takes.)
 * Changes are queued and made one at a time, by default on the thread that brings them; they become
 * visible as one new generation. Counts survive every change.
 *
 * <p>Reading counts takes no lock, as in the kernel: flows of the same instant may see the same
 * counts, so a connection limit can be passed by as many flows as are admitted at once.
 */
public final class LoadBalancer implements AutoCloseable {
  private final Ticker ticker;
  private final FailureClassifier classifier;
  private final Listeners listeners;
  private final ControlQueue queue;
  private final ServerList list; // control side only
  private final ServiceControl control;
  private final Policies policies;
  private final TemplateKeeper templates;
  private final Publication publication;
  private final RefusalCounts refusals;
  private final ServiceDurations durations = new ServiceDurations();
  private final Admissions admissions;
  private volatile OutcomeListener[] outcomes; // replaced as a whole, under this
  private volatile List<Intake> intakes = List.of();

  private LoadBalancer(Builder builder) {
    this.ticker = builder.ticker;
    this.classifier = builder.classifier;
    this.listeners = new Listeners(builder.listeners, ticker);
    this.outcomes = builder.outcomes.toArray(OutcomeListener[]::new);
    this.queue = new ControlQueue(builder.control, () -> publish(true));
    VirtualService service = builder.service;
    this.list = new ServerList(this, service, builder.compatibility, ticker);
    Crisis crisis = new Crisis(list, listeners);
    this.control = new ServiceControl(this, list, crisis, queue, listeners, ticker);
    this.policies = new Policies(builder.schedulers, ticker, builder.random, builder.compatibility);
    this.templates = new TemplateKeeper(this::service, listeners, builder.random);
    this.publication = new Publication(list, policies, templates, listeners);
    this.refusals = new RefusalCounts(listeners);
    this.admissions =
        new Admissions(
            this, new Chooser(control, ticker), crisis, refusals, publication.first(service));
    change(service);
    publish(false);
  }

  private void change(VirtualService definition) {
    list.change(definition, policies.of(definition));
    control.redefined();
  }

  private void publish(boolean tell) {
    publication.publish(admissions, tell);
    intakes.forEach(Intake::serversChanged);
  }

  /**
   * With the built-in schedulers, the clocks of this machine and changes on the caller's thread.
   */
  public static LoadBalancer of(VirtualService service) {
    return builder(service).build();
  }

  public static Builder builder(VirtualService service) {
    return new Builder(service);
  }

  /** The definition that is in force. */
  public VirtualService service() {
    return admissions.generation().service();
  }

  /** What is said about the servers while the service runs, and why each is used as it is. */
  public ServiceControl control() {
    return control;
  }

  /**
   * Finds a real server for a new flow. Any thread; neither blocks nor locks, but for the moment in
   * which a new client of a persistent service is remembered, and with a weight correction the
   * change of a weight, where no control executor makes it.
   */
  public Admission admit(Flow flow) {
    return admissions.admit(flow, null);
  }

  /**
   * Finds another server for a flow whose connection has failed, never one that it has been offered
   * to before, within the attempts that the service allows.
   */
  public Admission admitElsewhere(Flow flow, Connection failed) {
    return admissions.admit(flow, failed);
  }

  /**
   * As {@link #admit} for a flow that goes on what has begun with one server, such as a connection
   * whose client has another address now: that server gets it, even if it is full or quiesced, as
   * it would have kept the flow. If it has left the list or is down, or the service has lost its
   * quorum, it is a new flow like any other. Persistence neither decides nor learns from it.
   *
   * @param server the real server's address, as in the service
   */
  public Admission admitTo(InetSocketAddress server, Flow flow) {
    return admissions.admitTo(server, flow);
  }

  /**
   * As {@link #admit} and {@link #admitElsewhere}, but without the fallback and without a refusal
   * if waiting may help: a server that the flow could have has a connection limit, and none was
   * chosen. Then nothing is counted and nobody is told. For transports with a queue.
   *
   * @param failed as for {@link #admitElsewhere}, or null for a new flow
   * @return null if waiting may help
   */
  public @Nullable Admission admitUnlessFull(Flow flow, @Nullable Connection failed) {
    return admissions.admitUnlessFull(flow, failed);
  }

  /**
   * The fallback for a flow that has waited for a server in vain, or may not wait; without one a
   * refusal.
   *
   * @param failed as for {@link #admitElsewhere}, or null for a new flow
   * @param detail for people, asked if somebody hears of it
   */
  public Admission fallBack(
      Flow flow, @Nullable Connection failed, Refused.Cause cause, Supplier<String> detail) {
    return admissions.fallBack(flow, failed, cause, detail);
  }

  /**
   * Counts a flow that was refused before a server was asked for, such as by an access list or a
   * limit, and tells listeners. Any thread; does not block, and allocates nothing if nobody
   * listens.
   *
   * @param detail for people, such as {@code 203.0.113.7 has 10 connections, its limit}; asked if
   *     somebody hears of it
   */
  public void refuse(Refused.Cause cause, Supplier<String> detail) {
    refusals.count(service().name(), cause, detail);
  }

  /**
   * Chooses a real server, and that is all: for work that nobody counts, such as handing out an
   * address. Persistence is kept and renewed. A policy that goes by what is open, such as {@code
   * wlc}, sees no difference between before and after; with those, {@link #take} or {@link #admit}.
   *
   * <p>Any thread; neither blocks, locks nor allocates, but for remembering a new client of a
   * persistent service.
   *
   * @return null if none was found; {@link #admit} would have said why, and why is counted
   */
  public @Nullable RealServer pick(Flow flow) {
    ServerState server = admissions.find(flow);
    return server == null ? null : server.definition();
  }

  /**
   * Chooses a real server and counts one piece of work for it, as active whatever the protocol,
   * without an object for each: the caller must {@link Slot#release} exactly once. Templates are
   * renewed, but not kept alive by work that goes on.
   *
   * <p>Any thread; neither blocks, locks nor allocates, but for remembering a new client of a
   * persistent service.
   *
   * @return null if none was found; {@link #admit} would have said why, and why is counted
   */
  public @Nullable Slot take(Flow flow) {
    return admissions.take(flow);
  }

  /**
   * Binds a key to the server of a connection, for a service that is persistent by application key:
   * what the server has named the client by, such as a session, is often known only after the
   * choice. The key's time starts now, and again with each flow that has it. A key that has another
   * server is bound to this one.
   *
   * <p>Any thread; locks a small part of the templates for as long as linking one takes.
   *
   * @param key as in {@link Flow#withKey}
   * @return whether it is bound now; not if the service is persistent in another way or not at all,
   *     if there is no room, or if the server has left the list or is the fallback
   */
  public boolean remember(Object key, Connection connection) {
    return admissions.remember(key, connection);
  }

  /**
   * Whether a service that is persistent by application key has bound this one. Any thread; takes
   * no lock.
   */
  public boolean remembers(Object key) {
    return admissions.remembers(key);
  }

  /**
   * Does a piece of work with a real server: finds one, counts it while the work lasts, and tries
   * others if it fails without any server having seen it.
   *
   * @throws X what the last attempt threw, earlier failures suppressed in it
   * @throws NoRealServerException if no server was found for the first attempt
   */
  public <T, X extends Exception> T call(Flow flow, ServerCall<T, X> call) throws X {
    return call(flow, Retry.NEVER_SENT, call);
  }

  /** As {@link #call(Flow, ServerCall)}, with a choice of what may be tried again. */
  public <T, X extends Exception> T call(Flow flow, Retry retry, ServerCall<T, X> call) throws X {
    return Calls.call(this, classifier, flow, retry, call);
  }

  /**
   * As {@link #call(Flow, ServerCall)}, with an answer of this process if no server is found, or
   * none is left to try for a call that no server has seen: a fallback without a server.
   *
   * @param otherwise gets what {@link #admit} said
   */
  public <T, X extends Exception> T call(
      Flow flow, ServerCall<T, X> call, Function<? super Refused, ? extends T> otherwise) throws X {
    return Calls.call(this, classifier, flow, call, otherwise);
  }

  /**
   * As {@link #call(Flow, ServerCall)} for work that ends later. Attempts after the first are
   * started by the thread that completed the one before. Cancelling the result as a {@code
   * CompletableFuture} cancels the attempt under way.
   */
  public <T> CompletionStage<T> callAsync(
      Flow flow, Function<RealServer, ? extends CompletionStage<T>> call) {
    return callAsync(flow, Retry.NEVER_SENT, call);
  }

  /** As {@link #callAsync(Flow, Function)}, with a choice of what may be tried again. */
  public <T> CompletionStage<T> callAsync(
      Flow flow, Retry retry, Function<RealServer, ? extends CompletionStage<T>> call) {
    return Calls.callAsync(this, classifier, flow, retry, call, null);
  }

  /**
   * As {@link #call(Flow, ServerCall, Function)} for work that ends later: an answer of this
   * process if no server is found, or none is left to try for a call that no server has seen.
   *
   * @param otherwise gets what {@link #admit} said, on the thread that found it out: the caller's,
   *     or the one that completed the last attempt; what it throws becomes the result
   */
  public <T> CompletionStage<T> callAsync(
      Flow flow,
      Function<RealServer, ? extends CompletionStage<T>> call,
      Function<? super Refused, ? extends T> otherwise) {
    return Calls.callAsync(this, classifier, flow, Retry.NEVER_SENT, call, otherwise);
  }

  /**
   * Makes the service as {@code definition} says; what it does not change is left alone. In effect
   * on return, unless other changes are being made at that moment or the control executor is
   * another thread; then soon after.
   *
   * @throws IllegalArgumentException before anything changes, if the definition has another name,
   *     an unknown scheduler or a flag that the scheduler does not have
   */
  public void apply(VirtualService definition) {
    if (!definition.name().equals(service().name())) {
      throw new IllegalArgumentException(
          "virtual service '"
              + definition.name()
              + "' (expected: a definition of '"
              + service().name()
              + "'; make another load balancer for another service)");
    }
    policies.of(definition); // refuses what it does not know
    queue.submit(() -> change(definition));
  }

  /**
   * Replaces the definition of one listed server, whatever other changes are under way ({@code
   * ipvsadm -e}). Unlike {@link #apply}, the scheduler hears of it even if nothing differs, as in
   * the kernel, where that makes {@code wrr} begin its walk anew.
   *
   * @throws IllegalArgumentException before anything changes, if the service has no such server
   */
  public void edit(RealServer server) {
    if (status(server.address()) == null) {
      throw new IllegalArgumentException(
          "virtual service '"
              + service().name()
              + "': no real server "
              + server.name()
              + " to edit (expected: one that is listed; add others by apply)");
    }
    queue.submit(
        () -> {
          list.edit(server);
          control.redefined();
        });
  }

  /**
   * The application's verdict that a server does not work; see {@link ServiceControl#judge}. It is
   * not asked whether the service has such a server: a verdict may come late.
   *
   * @param reason for people, such as {@code 3 checks failed: connect timed out after 2 s}
   */
  public void markDown(InetSocketAddress server, String reason) {
    control.judge(server, Judge.APPLICATION, reason);
  }

  /** Takes back what {@link #markDown} said. */
  public void markUp(InetSocketAddress server) {
    control.judge(server, Judge.APPLICATION, null);
  }

  /** Tells this listener too, from the next event on. */
  public void addListener(LoadBalancerListener listener) {
    listeners.add(listener);
  }

  public void removeListener(LoadBalancerListener listener) {
    listeners.remove(listener);
  }

  /** The service and its servers as they are now. Any thread; walks over all templates. */
  public ServiceStatus status() {
    Generation now = admissions.generation();
    TemplateTable<ServerState> remembered = now.templates();
    if (remembered != null) {
      remembered.expire(ticker.nanoTime());
    }
    return Statuses.of(now, control, templatesEvicted(), intake(), refusals, durations);
  }

  /** One listed server as it is now, or null if the service has no such server. */
  public @Nullable ServerStatus status(InetSocketAddress server) {
    ServerState listed = admissions.generation().find(server);
    return listed == null ? null : listed.status();
  }

  /** Persistence templates, some perhaps run out that nobody has looked at since. */
  public int templates() {
    return Statuses.templates(admissions.generation());
  }

  /** Clients forgotten before their time so far, or not remembered, for want of room. */
  public long templatesEvicted() {
    return templates.evictions();
  }

  /** Flows refused so far for this cause. */
  public long refused(Refused.Cause cause) {
    return refusals.of(cause);
  }

  /**
   * Clients come in here from now on, and may have to wait before they are admitted. There may be
   * several such places: a firewall mark is carried for TCP and for UDP. Any thread, as the next.
   */
  public synchronized void carriedBy(Intake intake) {
    List<Intake> more = new ArrayList<>(intakes);
    more.add(intake);
    intakes = List.copyOf(more);
  }

  /** Clients come in there no more. */
  public synchronized void carriedNoMoreBy(Intake intake) {
    intakes = intakes.stream().filter(each -> each != intake).toList();
  }

  /** Those who have come in or wait, all together, or null if the service has no limits. */
  public @Nullable IntakeStatus intake() {
    IntakeStatus all = null;
    for (Intake each : intakes) {
      IntakeStatus one = each.status();
      if (one != null) {
        all = all == null ? one : all.and(one);
      }
    }
    return all;
  }

  /** Admits nothing any more. Present connections live on and are counted to their end. */
  @Override
  public void close() {
    admissions.close();
  }

  /** What flows are admitted by at this moment. */
  Generation generation() {
    return admissions.generation();
  }

  /** The time by which it goes, in nanoseconds from any moment. */
  public long nanoTime() {
    return ticker.nanoTime();
  }

  /** The time by which it goes, of day. */
  public Instant now() {
    return ticker.now();
  }

  /** Tells this listener too, of connections and calls that begin from now on. */
  public synchronized void addOutcomes(OutcomeListener listener) {
    OutcomeListener[] more = Arrays.copyOf(outcomes, outcomes.length + 1);
    more[outcomes.length] = listener;
    outcomes = more;
  }

  public synchronized void removeOutcomes(OutcomeListener listener) {
    outcomes =
        Arrays.stream(outcomes).filter(each -> each != listener).toArray(OutcomeListener[]::new);
  }

  /** Whether somebody hears what becomes of connections. */
  boolean hasOutcomes() {
    return outcomes.length > 0;
  }

  /** Nanoseconds after which those who hear outcomes call an answer late. */
  long patience() {
    long shortest = Long.MAX_VALUE;
    for (OutcomeListener listener : outcomes) {
      shortest = Math.min(shortest, listener.patienceNanos());
    }
    return shortest;
  }

  /** Any thread. */
  void outcome(RealServer server, @Nullable Failure failure, long nanos) {
    for (OutcomeListener listener : outcomes) { // an array: no iterator per connection
      listener.outcome(server, failure, Math.max(nanos, 0));
    }
  }

  /** Whether one of them judges answers by their first bytes. */
  boolean readsAnswers() {
    for (OutcomeListener listener : outcomes) {
      if (listener.readsAnswers()) {
        return true;
      }
    }
    return false;
  }

  /** Any thread; each judges for itself. */
  void answered(RealServer server, ByteBuffer firstBytes, long nanos) {
    for (OutcomeListener listener : outcomes) {
      Failure failure = listener.readsAnswers() ? listener.judge(firstBytes.duplicate()) : null;
      listener.outcome(server, failure, Math.max(nanos, 0));
    }
  }

  /** How long this took so far, of connections whose carrier measures it. */
  public DurationHistogram.Snapshot durations(Timing what) {
    return durations.of(what);
  }

  void took(Timing what, long nanos) {
    durations.record(what, nanos);
  }

  void connectionFailed(RealServer server, Failure failure, String reason) {
    listeners.tell(
        new LoadBalancerEvent.ConnectionFailed(service().name(), server, failure, reason));
  }

  @Override
  public String toString() {
    return "load balancer of " + service();
  }

  /** Collects what a load balancer may be given from outside. */
  public static final class Builder {
    private final VirtualService service;
    private Schedulers schedulers = Schedulers.builtIn();
    private Ticker ticker = Ticker.system();
    private RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
    private KernelCompatibility compatibility = KernelCompatibility.NEWEST;
    private Executor control = Runnable::run;
    private FailureClassifier classifier = FailureClassifier.standard();
    private final List<OutcomeListener> outcomes = new ArrayList<>();
    private final List<LoadBalancerListener> listeners = new ArrayList<>();

    private Builder(VirtualService service) {
      this.service = service;
    }

    /** Default: {@link Schedulers#builtIn()}. */
    public Builder schedulers(Schedulers known) {
      this.schedulers = known;
      return this;
    }

    /** Default: {@link Ticker#system()}. */
    public Builder ticker(Ticker newTicker) {
      this.ticker = newTicker;
      return this;
    }

    /** Default: the generator of each thread, without a seed. */
    public Builder random(RandomGenerator newRandom) {
      this.random = newRandom;
      return this;
    }

    /** Default: {@link KernelCompatibility#NEWEST}. */
    public Builder compatibility(KernelCompatibility newCompatibility) {
      this.compatibility = newCompatibility;
      return this;
    }

    /** Where changes are made; default: on the thread that brings them. */
    public Builder control(Executor executor) {
      this.control = executor;
      return this;
    }

    /** Default: {@link FailureClassifier#standard()}. */
    public Builder failures(FailureClassifier newClassifier) {
      this.classifier = newClassifier;
      return this;
    }

    /** Hears what becomes of connections and calls. Default: nobody does. */
    public Builder outcomes(OutcomeListener listener) {
      outcomes.add(listener);
      return this;
    }

    /** One more listener; changes are logged in any case. */
    public Builder listener(LoadBalancerListener listener) {
      listeners.add(listener);
      return this;
    }

    /**
     * Starts with all servers of the service.
     *
     * @throws IllegalArgumentException if the scheduler is unknown or does not know a flag
     */
    public LoadBalancer build() {
      return new LoadBalancer(this);
    }
  }
}
