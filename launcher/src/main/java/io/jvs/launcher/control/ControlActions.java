package io.jvs.launcher.control;

/** What a director does when it is asked. Called by the threads of the control server. */
public interface ControlActions {
  /** How it is. */
  StatusReport status();

  /** Its metrics in the text format of Prometheus. */
  String metrics();

  /** Reads its file again. */
  ReloadReport reload();
}
