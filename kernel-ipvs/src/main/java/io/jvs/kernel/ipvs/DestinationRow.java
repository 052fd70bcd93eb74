package io.jvs.kernel.ipvs;

/**
 * A destination in the kernel's table, and what it has carried.
 *
 * @param active connections that count as active, at this moment; as the next two
 * @param inactive those that do not: closing, or UDP
 * @param persistent persistence templates that point at it
 */
public record DestinationRow(
    IpvsDestination destination, long active, long inactive, long persistent, Traffic traffic) {}
