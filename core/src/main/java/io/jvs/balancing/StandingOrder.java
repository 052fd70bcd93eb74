package io.jvs.balancing;

import java.net.InetSocketAddress;
import java.time.Instant;

/** An order that is in force. */
public record StandingOrder(
    String service, InetSocketAddress server, Orderer orderer, AdminOrder order, Instant since) {}
