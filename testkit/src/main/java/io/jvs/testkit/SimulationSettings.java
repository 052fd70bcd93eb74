package io.jvs.testkit;

import io.jvs.model.Protocol;
import io.jvs.scheduling.KernelCompatibility;
import io.jvs.scheduling.Schedulers;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What kind of world a {@link Simulation} is.
 *
 * @param schedulers the policies that the service knows
 * @param scheduler the policy it begins with
 * @param switching whether the operator changes the policy now and then
 * @param mayDecline whether a policy among them may choose nobody although a server is usable, as
 *     {@code sh} may
 * @param compatibility whose arithmetic is followed
 * @param protocol TCP or UDP
 * @param persistence whether clients stay with their servers
 * @param limits whether servers have connection limits
 */
public record SimulationSettings(
    Schedulers schedulers,
    String scheduler,
    boolean switching,
    boolean mayDecline,
    KernelCompatibility compatibility,
    Protocol protocol,
    boolean persistence,
    boolean limits) {

  /** Built-in policies, the newest kernel, TCP, no persistence, no limits. */
  public static SimulationSettings of(String scheduler) {
    return new SimulationSettings(
        Schedulers.builtIn(),
        scheduler,
        false,
        false,
        KernelCompatibility.NEWEST,
        Protocol.TCP,
        false,
        false);
  }

  /** Everything by chance, with the built-in policies: the same seed, the same settings. */
  public static SimulationSettings random(long seed) {
    SplittableRandom chance = new SplittableRandom(seed);
    List<String> names = Schedulers.builtIn().names();
    return of(names.get(chance.nextInt(names.size())))
        .withSwitching(chance.nextInt(4) == 0)
        .withCompatibility(
            chance.nextBoolean() ? KernelCompatibility.NEWEST : KernelCompatibility.LINUX_6_1)
        .withProtocol(chance.nextInt(4) == 0 ? Protocol.UDP : Protocol.TCP)
        .withPersistence(chance.nextBoolean())
        .withLimits(chance.nextBoolean());
  }

  public SimulationSettings withSchedulers(Schedulers known) {
    return new SimulationSettings(
        known, scheduler, switching, mayDecline, compatibility, protocol, persistence, limits);
  }

  public SimulationSettings withSwitching(boolean on) {
    return new SimulationSettings(
        schedulers, scheduler, on, mayDecline, compatibility, protocol, persistence, limits);
  }

  public SimulationSettings withMayDecline(boolean on) {
    return new SimulationSettings(
        schedulers, scheduler, switching, on, compatibility, protocol, persistence, limits);
  }

  public SimulationSettings withCompatibility(KernelCompatibility kernel) {
    return new SimulationSettings(
        schedulers, scheduler, switching, mayDecline, kernel, protocol, persistence, limits);
  }

  public SimulationSettings withProtocol(Protocol newProtocol) {
    return new SimulationSettings(
        schedulers,
        scheduler,
        switching,
        mayDecline,
        compatibility,
        newProtocol,
        persistence,
        limits);
  }

  public SimulationSettings withPersistence(boolean on) {
    return new SimulationSettings(
        schedulers, scheduler, switching, mayDecline, compatibility, protocol, on, limits);
  }

  public SimulationSettings withLimits(boolean on) {
    return new SimulationSettings(
        schedulers, scheduler, switching, mayDecline, compatibility, protocol, persistence, on);
  }

  @Override
  public String toString() {
    return scheduler
        + (switching ? " and others" : "")
        + ", "
        + compatibility
        + ", "
        + protocol
        + (persistence ? ", persistent" : "")
        + (limits ? ", limits" : "");
  }
}
