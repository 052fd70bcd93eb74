package io.jvs.kernel.ipvs;

import java.util.List;

/** Something that happened between a transport and the kernel; as text, a sentence for the log. */
public sealed interface IpvsEvent {
  /**
   * Somebody else has changed a service of ours.
   *
   * @param what differs from what JVS wrote, one sentence each
   * @param mended whether it is put right now
   */
  record Drifted(ServiceKey service, List<String> what, boolean mended) implements IpvsEvent {
    public Drifted {
      what = List.copyOf(what);
    }

    @Override
    public String toString() {
      return service
          + ": somebody else has changed it: "
          + String.join("; ", what)
          + (mended ? "; put right" : "; left so");
    }
  }

  /** Somebody else changes a service again and again; it is put right less often from now on. */
  record Fought(ServiceKey service, long seconds) implements IpvsEvent {
    @Override
    public String toString() {
      return service
          + ": somebody else undoes what JVS writes; it is put right at most every "
          + seconds
          + " s from now on (let only one of both manage the service)";
    }
  }

  /** The kernel cannot be asked any more; its table works on as it is. */
  record Unreachable(String reason) implements IpvsEvent {
    @Override
    public String toString() {
      return "the kernel cannot be asked ("
          + reason
          + "); its table stays as it is, and JVS keeps trying";
    }
  }

  /** The kernel can be asked again. */
  record Reachable() implements IpvsEvent {
    @Override
    public String toString() {
      return "the kernel can be asked again";
    }
  }

  /** The kernel refuses a change that came up while running; it is tried again. */
  record Rejected(String subject, String reason) implements IpvsEvent {
    @Override
    public String toString() {
      return subject + ": " + reason + "; tried again";
    }
  }

  /** A server or service that was to leave is deleted although it has connections. */
  record CutOff(String subject, long connections) implements IpvsEvent {
    @Override
    public String toString() {
      return subject + ": deleted with " + connections + " connections left, its time is over";
    }
  }
}
