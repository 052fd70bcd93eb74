package io.jvs.balancing;

/** The answer to a new flow. Being full is an everyday answer, so it is a value, no exception. */
public sealed interface Admission permits Connection, Refused {}
