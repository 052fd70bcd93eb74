package io.jvs.kernel.ipvs;

/**
 * A line of a file, and the command that it is.
 *
 * @param number from 1
 */
public record SavedLine(int number, String text, IpvsCommand command) {}
