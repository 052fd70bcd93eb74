package io.jvs.balancing;

import java.time.Duration;

/**
 * Clients of a service on their way in, as counted by its transport. Connections that began while
 * the service had no limits are not in it.
 *
 * @param connections open ones, those that wait included
 * @param waiting clients that wait for a server now
 * @param longestWait how long the one at the head of the queue has waited
 * @param waited clients that have waited so far, however it ended
 * @param waitedTogether how long all of those did
 * @param clients that are known one by one now, because each has limits
 * @param unknownClients connections so far whose clients could not be known one by one, for want of
 *     room, and were judged by the limits of the service alone
 * @param droppedPackets packets so far that their clients sent beyond their limit
 */
public record IntakeStatus(
    int connections,
    int waiting,
    Duration longestWait,
    long waited,
    Duration waitedTogether,
    int clients,
    long unknownClients,
    long droppedPackets) {

  /** Those of two places together. */
  IntakeStatus and(IntakeStatus other) {
    return new IntakeStatus(
        connections + other.connections,
        waiting + other.waiting,
        longestWait.compareTo(other.longestWait) > 0 ? longestWait : other.longestWait,
        waited + other.waited,
        waitedTogether.plus(other.waitedTogether),
        clients + other.clients,
        unknownClients + other.unknownClients,
        droppedPackets + other.droppedPackets);
  }
}
