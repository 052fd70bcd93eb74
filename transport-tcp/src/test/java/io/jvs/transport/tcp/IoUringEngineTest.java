package io.jvs.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IoUringEngineTest {
  @Test
  void kernels_before_6_1_are_too_old_and_so_is_what_cannot_be_read() {
    assertThat(IoUringEngine.isRecent("6.1.0-18-amd64")).isTrue();
    assertThat(IoUringEngine.isRecent("6.18.44")).isTrue();
    assertThat(IoUringEngine.isRecent("7.0")).isTrue();
    assertThat(IoUringEngine.isRecent("6.0.19")).isFalse();
    assertThat(IoUringEngine.isRecent("5.15.0-100-generic")).isFalse();
    assertThat(IoUringEngine.isRecent("")).isFalse();
    assertThat(IoUringEngine.isRecent("future")).isFalse();
  }
}
