package io.jvs.balancing;

import io.jvs.model.Flow;
import io.jvs.model.Persistence;
import io.jvs.model.RealServer;
import io.jvs.model.TemplateRules;
import io.jvs.model.Ticker;
import io.jvs.model.VirtualAddress;
import io.jvs.model.VirtualService;
import io.jvs.persistence.Template;
import io.jvs.persistence.TemplateTable;
import io.jvs.scheduling.KernelCompatibility;
import io.jvs.scheduling.ListUpdate;
import io.jvs.scheduling.Scheduler;
import io.jvs.scheduling.Scheduler.Selector;
import io.jvs.scheduling.Schedulers;
import io.jvs.scheduling.Setup;
import io.jvs.scheduling.ZonePreference;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
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
  private final Schedulers schedulers;
  private final Ticker ticker;
  private final RandomGenerator random;
  private final FailureClassifier classifier;
  private final Listeners listeners;
  private final Map<Refused.Cause, LongAdder> refused = new ConcurrentHashMap<>();
  private final LongAdder evicted = new LongAdder();
  private final ControlQueue queue;
  private final ServerList list; // control side only
  private final ServiceControl control;
  private volatile OutcomeListener[] outcomes; // replaced as a whole, under this
  private volatile boolean tables; // whether the policy keeps tables of who gets whom
  private volatile Generation generation;
  private volatile boolean closed;

  private LoadBalancer(Builder builder) {
    this.schedulers = builder.schedulers;
    this.ticker = builder.ticker;
    this.random = builder.random;
    this.classifier = builder.classifier;
    this.listeners = new Listeners(builder.listeners, builder.ticker);
    this.outcomes = builder.outcomes.toArray(OutcomeListener[]::new);
    this.queue = new ControlQueue(builder.control, () -> publish(true));
    VirtualService service = builder.service;
    this.list = new ServerList(this, service, builder.compatibility, builder.ticker);
    this.control = new ServiceControl(this, list, queue, listeners, ticker);
    // As in the kernel: the scheduler is bound to a service without servers, then they are added.
    VirtualService empty = withoutServers(service).toBuilder().fallback(null).build();
    Generation nothing = generation(empty, NOTHING, null);
    this.generation = nothing.with(scheduler(empty).prepare(nothing, setup(empty)));
    change(service);
    publish(false);
  }

  private void change(VirtualService definition) {
    Scheduler policy = scheduler(definition);
    tables = policy.hearsOfExclusion();
    list.change(definition, policy.goesByProportion());
    control.redefined();
  }

  private static final Selector NOTHING = (servers, flow) -> Selector.NONE;

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
    return generation.service();
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
    return admit(flow, null);
  }

  /**
   * Finds another server for a flow whose connection has failed, never one that it has been offered
   * to before, within the attempts that the service allows.
   */
  public Admission admitElsewhere(Flow flow, Connection failed) {
    return admit(flow, failed);
  }

  private Admission admit(Flow flow, @Nullable Connection failed) {
    Generation now = generation; // read once, so that index and list belong together
    if (closed) {
      return refuse(new Refused(now.service().name(), Refused.Cause.CLOSED, List.of()));
    }
    if (failed != null && failed.attempts() >= now.service().attempts()) {
      return noServer(now, flow, failed, Refused.Cause.ALL_TRIED);
    }
    if (control.isWithoutQuorum()) {
      return noServer(now, flow, failed, Refused.Cause.NO_QUORUM);
    }
    TemplateTable<ServerState> templates = now.templates();
    if (templates != null) {
      Template<ServerState> template = follow(now, templates, flow, failed, true);
      if (template == null) {
        return noServer(now, flow, failed, null);
      }
      return open(now, template.server(), flow, template, failed);
    }
    int chosen = choose(now, flow, failed);
    return chosen == Selector.NONE
        ? noServer(now, flow, failed, null)
        : open(now, now.state(chosen), flow, null, failed);
  }

  /** Asks the policy; a server on trial is given to one flow only. */
  private int choose(Generation now, Flow flow, @Nullable Connection failed) {
    while (true) {
      int chosen = now.select(flow, failed);
      if (chosen == Selector.NONE) {
        return chosen;
      }
      ServerState server = now.state(chosen);
      if (!server.onTrial.get()) {
        return chosen;
      }
      boolean mine = server.claimTrial();
      now.markChanged(server);
      if (mine) {
        control.trialTaken(server);
        return chosen;
      }
    }
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
    ServerState server = find(generation, flow);
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
    Generation now = generation;
    ServerState server = find(now, flow);
    if (server == null) {
      return null;
    }
    bind(now, server, true);
    return server.slot();
  }

  private @Nullable ServerState find(Generation now, Flow flow) {
    if (closed) {
      refuse(new Refused(now.service().name(), Refused.Cause.CLOSED, List.of()));
      return null;
    }
    TemplateTable<ServerState> templates = now.templates();
    boolean withoutQuorum = control.isWithoutQuorum();
    if (withoutQuorum) {
      templates = null;
    }
    if (templates != null) {
      Template<ServerState> template = follow(now, templates, flow, null, false);
      if (template != null) {
        return template.server();
      }
    } else if (!withoutQuorum) {
      int chosen = now.select(flow, null);
      if (chosen != Selector.NONE) {
        return now.state(chosen);
      }
    }
    ServerState fallback = now.fallback();
    if (fallback != null && usable(fallback, null)) {
      return fallback;
    }
    refuse(Refusals.explain(now, null, withoutQuorum ? Refused.Cause.NO_QUORUM : null));
    return null;
  }

  /**
   * As ip_vs_sched_persist: a usable template decides, else the scheduler, and makes one. Its time
   * starts anew. Null if the scheduler finds nobody.
   *
   * @param counted whether a connection begins that keeps the template alive
   */
  private @Nullable Template<ServerState> follow(
      Generation now,
      TemplateTable<ServerState> templates,
      Flow flow,
      @Nullable Connection failed,
      boolean counted) {
    long time = ticker.nanoTime();
    Template<ServerState> template = templates.find(flow, time);
    if (template != null && holds(template, now, failed) && enter(template, counted, time)) {
      return template;
    }
    int chosen = choose(now, flow, failed);
    if (chosen == Selector.NONE) {
      if (template != null && !holds(template, now, null)) {
        templates.forget(template); // as the kernel: who came in vain is not bound any more
      }
      return null;
    }
    ServerState server = now.state(chosen);
    template = templates.remember(flow, server, template, time);
    // By another thread's hand it may be for another server than this one's choice.
    if (template != null
        && (template.server() == server || holds(template, now, failed))
        && enter(template, counted, time)) {
      return template;
    }
    template = Template.unlisted(server); // nothing to know the client by, or no room
    enter(template, counted, time);
    return template;
  }

  /** False if the template has just been given up for want of room. */
  private static boolean enter(Template<ServerState> template, boolean counted, long time) {
    return counted ? template.connectionOpened(time) : template.renew(time);
  }

  /**
   * A template holds even if its server is full or, unless the service says otherwise, quiesced
   * (ip_vs_check_template), but not if it has become the fallback, which answers only when no other
   * can.
   */
  private static boolean holds(
      Template<ServerState> template, Generation now, @Nullable Connection failed) {
    ServerState server = template.server();
    return server != now.fallback()
        && usable(server, failed)
        && (server.weight() > 0 || !rules(now.service()).expireQuiesced());
  }

  private static TemplateRules rules(VirtualService service) {
    Persistence persistence = service.persistence();
    return persistence == null ? TemplateRules.DEFAULT : persistence.rules();
  }

  private static boolean usable(ServerState server, @Nullable Connection failed) {
    return !server.isRemoved()
        && !server.isExcluded()
        && (failed == null || !failed.triedOn(server));
  }

  private Connection open(
      Generation now,
      ServerState server,
      Flow flow,
      @Nullable Template<ServerState> template,
      @Nullable Connection failed) {
    return new Connection(
        this, now, server, target(now.service(), server, flow), flow.protocol(), template, failed);
  }

  /** One connection more. */
  static void bind(Generation now, ServerState server, boolean active) {
    if (server.bind(active)) {
      now.markChanged(server);
    } else {
      now.loadChanged(server);
    }
    if (server.isCorrectionDue()) {
      server.slot().correct();
    }
  }

  /** One connection less. */
  static void release(Generation now, ServerState server, boolean active) {
    if (server.release(active)) {
      now.markChanged(server);
    } else {
      now.loadChanged(server);
    }
    if (server.isCorrectionDue()) {
      server.slot().correct();
    }
  }

  /**
   * Any thread: has the control side correct a server's weight. Until it has, nobody else need ask.
   */
  void correct(ServerState server) {
    if (server.correcting.compareAndSet(false, true)) {
      queue.submit(
          () -> {
            server.correcting.set(false); // before it looks, so that nothing is overlooked
            list.correct(server);
          });
    }
  }

  /** A persistent service of all ports or a mark keeps the client's port, whatever the server's. */
  private static InetSocketAddress target(VirtualService service, ServerState server, Flow flow) {
    InetSocketAddress address = server.definition().address();
    boolean keepsPort =
        address.getPort() == 0
            || (service.persistence() != null
                && (service.address() instanceof VirtualAddress.FirewallMark
                    || (service.address() instanceof VirtualAddress.Endpoint endpoint
                        && endpoint.ports().isAll())));
    if (!keepsPort || !flow.isAddressed()) {
      return address;
    }
    return address.isUnresolved()
        ? InetSocketAddress.createUnresolved(address.getHostString(), flow.destinationPort())
        : new InetSocketAddress(address.getAddress(), flow.destinationPort());
  }

  private Admission noServer(
      Generation now, Flow flow, @Nullable Connection failed, Refused.@Nullable Cause cause) {
    ServerState fallback = now.fallback();
    if (fallback != null && usable(fallback, failed)) {
      return open(now, fallback, flow, null, failed);
    }
    return refuse(Refusals.explain(now, failed, cause));
  }

  private Refused refuse(Refused answer) {
    refused.computeIfAbsent(answer.cause(), cause -> new LongAdder()).increment();
    listeners.tell(new LoadBalancerEvent.FlowRefused(answer));
    return answer;
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
    return Calls.callAsync(this, classifier, flow, retry, call);
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
    scheduler(definition);
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
          List<RealServer> servers = new ArrayList<>(list.desired().realServers());
          servers.replaceAll(each -> each.address().equals(server.address()) ? server : each);
          list.edit(list.desired().toBuilder().realServers(servers).build(), server);
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

  /** Control side: remembered clients of a server that is out go elsewhere for good, if asked. */
  void forgetTemplates(ServerState server) {
    TemplateTable<ServerState> templates = generation.templates();
    if (templates != null && rules(list.desired()).expireDown()) {
      templates.forget(each -> each == server);
    }
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
    Generation now = generation;
    if (now.templates() != null) {
      now.templates().expire(ticker.nanoTime());
    }
    List<ServerStatus> servers = new ArrayList<>();
    for (int i = 0; i < now.size(); i++) {
      servers.add(now.state(i).status());
    }
    List<ServerStatus> gone = new ArrayList<>();
    for (ServerState server : now.removed()) {
      if (server.active() + server.inactive() > 0) {
        gone.add(server.status());
      }
    }
    ServerState fallback = now.fallback();
    Map<Refused.Cause, Long> causes = new EnumMap<>(Refused.Cause.class);
    for (Refused.Cause cause : Refused.Cause.values()) {
      if (refused(cause) > 0) {
        causes.put(cause, refused(cause));
      }
    }
    return new ServiceStatus(
        now.service(),
        servers,
        gone,
        fallback == null ? null : fallback.status(),
        templates(),
        templatesEvicted(),
        control.isPanic(),
        control.isWithoutQuorum(),
        causes);
  }

  /** One listed server as it is now, or null if the service has no such server. */
  public @Nullable ServerStatus status(InetSocketAddress server) {
    Generation now = generation;
    for (int i = 0; i < now.size(); i++) {
      if (now.server(i).address().equals(server)) {
        return now.state(i).status();
      }
    }
    return null;
  }

  /** Persistence templates, some perhaps run out that nobody has looked at since. */
  public int templates() {
    TemplateTable<ServerState> templates = generation.templates();
    return templates == null ? 0 : templates.size();
  }

  /** Clients forgotten before their time so far, or not remembered, for want of room. */
  public long templatesEvicted() {
    return evicted.sum();
  }

  /** Flows refused so far for this cause. */
  public long refused(Refused.Cause cause) {
    LongAdder count = refused.get(cause);
    return count == null ? 0 : count.sum();
  }

  /** Admits nothing any more. Present connections live on and are counted to their end. */
  @Override
  public void close() {
    closed = true;
  }

  /** What flows are admitted by at this moment. */
  Generation generation() {
    return generation;
  }

  /** The time by which it goes, in nanoseconds from any moment. */
  public long nanoTime() {
    return ticker.nanoTime();
  }

  /** The time by which it goes, of day. */
  public Instant now() {
    return ticker.now();
  }

  /** Whether the policy keeps tables of who gets whom, made for the servers that are not down. */
  boolean hasTables() {
    return tables;
  }

  boolean isWithoutQuorum() {
    return control.isWithoutQuorum();
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

  void connectionFailed(RealServer server, Failure failure, String reason) {
    listeners.tell(
        new LoadBalancerEvent.ConnectionFailed(service().name(), server, failure, reason));
  }

  /** Control side: makes what has been changed since the last time visible, all at once. */
  private void publish(boolean tell) {
    Generation before = generation;
    VirtualService desired = list.desired();
    ServerList.Changes changes = list.changes();
    if (desired.equals(before.service()) && changes.isEmpty()) {
      return;
    }
    Generation draft = generation(desired, before.selector(), before);
    Scheduler scheduler = scheduler(desired);
    Selector selector = before.selector();
    if (!hasSamePolicy(desired, before.service())) {
      selector = scheduler.prepare(draft, setup(desired));
    } else if (!changes.steps().isEmpty() || desired.preferredZone() != null) {
      // Zones are metadata: a server that moves to another one is no step.
      selector =
          scheduler.update(
              selector, new ListUpdate(before, changes.steps(), draft), setup(desired));
    }
    Generation next = draft.with(selector);
    generation = next;
    next.adopt();
    list.published();
    boolean someLeft =
        changes.events().stream().anyMatch(LoadBalancerEvent.ServerRemoved.class::isInstance);
    if (someLeft && draft.templates() != null && rules(desired).expireDown()) {
      draft.templates().forget(ServerState::isRemoved);
    }
    if (!tell) {
      return;
    }
    for (LoadBalancerEvent event : changes.events()) {
      listeners.tell(event);
    }
    if (!withoutServers(desired).equals(withoutServers(before.service()))) {
      listeners.tell(
          new LoadBalancerEvent.ServiceChanged(desired.name(), before.service(), desired));
    }
  }

  private static boolean hasSamePolicy(VirtualService one, VirtualService other) {
    return one.scheduler().equals(other.scheduler())
        && Objects.equals(one.preferredZone(), other.preferredZone());
  }

  private static VirtualService withoutServers(VirtualService service) {
    return service.toBuilder().realServers(List.of()).build();
  }

  private Generation generation(
      VirtualService service, Selector selector, @Nullable Generation before) {
    return new Generation(service, list, templates(service, before), selector);
  }

  /** Templates stay while clients are known in the same way. */
  private @Nullable TemplateTable<ServerState> templates(
      VirtualService service, @Nullable Generation before) {
    TemplateTable<ServerState> present = before == null ? null : before.templates();
    Persistence persistence = service.persistence();
    if (persistence == null) {
      if (present != null) {
        present.close();
      }
      return null;
    }
    return present == null
        ? new TemplateTable<ServerState>(
            persistence, service.address(), random.nextLong(), new TemplateBooks())
        : present.with(persistence, service.address());
  }

  /** Servers count their templates, and people are told when there are too many. */
  private final class TemplateBooks implements TemplateTable.Observer<ServerState> {
    @Override
    public void counted(ServerState server, int change) {
      server.templates.add(change);
    }

    @Override
    public void evicted() {
      evicted.increment();
      VirtualService service = service();
      listeners.tell(
          new LoadBalancerEvent.TemplateEvicted(service.name(), rules(service).maximum()));
    }
  }

  private Scheduler scheduler(VirtualService service) {
    try {
      Scheduler policy = schedulers.find(service.scheduler());
      String zone = service.preferredZone();
      return zone == null ? policy : new ZonePreference(policy, zone);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "virtual service '" + service.name() + "': " + e.getMessage(), e);
    }
  }

  private Setup setup(VirtualService service) {
    return new Setup(service.scheduler().flags(), ticker, random, list.compatibility());
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
