package io.jvs.kernel.ipvs;

import java.io.IOException;

/** A program of its own, for rights that a test takes from it: prints what it is told. */
final class Probe {
  private Probe() {}

  public static void main(String[] arguments) {
    try (IpvsTable table = IpvsTable.open()) {
      System.out.println(table.services());
    } catch (IOException e) {
      System.out.println(e.getMessage());
    }
  }
}
