package io.jvs.kernel.ipvs;

/** A service in the kernel's table, and what it has carried. */
public record ServiceRow(IpvsService service, Traffic traffic) {}
