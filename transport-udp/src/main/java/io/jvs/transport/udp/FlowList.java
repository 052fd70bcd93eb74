package io.jvs.transport.udp;

import org.jspecify.annotations.Nullable;

/** Flows in the order in which they were last used. On their loop only. */
final class FlowList {
  private @Nullable UdpFlow oldest;
  private @Nullable UdpFlow newest;

  @Nullable UdpFlow oldest() {
    return oldest;
  }

  void add(UdpFlow flow) {
    flow.older = newest;
    flow.newer = null;
    if (newest == null) {
      oldest = flow;
    } else {
      newest.newer = flow;
    }
    newest = flow;
  }

  void remove(UdpFlow flow) {
    if (flow.older == null) {
      oldest = flow.newer;
    } else {
      flow.older.newer = flow.newer;
    }
    if (flow.newer == null) {
      newest = flow.older;
    } else {
      flow.newer.older = flow.older;
    }
    flow.older = null;
    flow.newer = null;
  }

  void moveToNewest(UdpFlow flow) {
    if (flow != newest) {
      remove(flow);
      add(flow);
    }
  }
}
