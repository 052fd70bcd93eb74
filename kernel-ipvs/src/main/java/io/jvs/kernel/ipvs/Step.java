package io.jvs.kernel.ipvs;

/**
 * One change of the table.
 *
 * @param reason what differs and why, for people, such as {@code weight 5 -> 0: not in the
 *     definition, deleted when its connections have ended}
 */
public record Step(IpvsCommand command, String reason) {}
