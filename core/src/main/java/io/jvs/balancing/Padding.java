package io.jvs.balancing;

/** A superclass, because the virtual machine lays out fields of superclasses first. */
@SuppressWarnings("unused")
abstract class Padding {
  private long p1, p2, p3, p4, p5, p6, p7;
}
