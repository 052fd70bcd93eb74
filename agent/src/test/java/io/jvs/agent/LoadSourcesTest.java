package io.jvs.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernel's files as they look on a machine, in a container, and nowhere. */
class LoadSourcesTest {
  private final AtomicLong nanos = new AtomicLong();
  private final Path root;

  LoadSourcesTest(@TempDir Path root) {
    this.root = root;
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private CpuLoad cpu() {
    return new CpuLoad(new Procfs(root), nanos::get);
  }

  @Test
  void cpu_is_what_was_not_idle_since_the_last_question() throws Exception {
    write("proc/stat", "cpu  100 0 100 800 100 0 0 0 50 0\ncpu0 1 2 3\n");
    CpuLoad cpu = cpu();
    write("proc/stat", "cpu  140 0 110 840 110 0 0 0 90 0\ncpu0 1 2 3\n");
    assertThat(cpu.load()).isCloseTo(0.5, within(1e-9)); // 50 of 100 ticks; waiting is idle
    write("proc/stat", "cpu  140 0 110 940 110 0 0 0 90 0\n");
    assertThat(cpu.load()).isZero();
  }

  @Test
  void a_few_ticks_tell_nothing_and_are_not_lost() throws Exception {
    write("proc/stat", "cpu  0 0 0 0 0 0 0 0 0 0\n");
    CpuLoad cpu = cpu();
    write("proc/stat", "cpu  2 0 0 0 0 0 0 0 0 0\n");
    assertThat(cpu.load()).isNaN();
    write("proc/stat", "cpu  2 0 0 98 0 0 0 0 0 0\n");
    assertThat(cpu.load()).isCloseTo(0.02, within(1e-9));
  }

  @Test
  void in_a_container_with_a_quota_cpu_is_what_it_used_of_that() throws Exception {
    write("proc/stat", "cpu  0 0 0 0 0 0 0 0 0 0\n");
    write("proc/self/cgroup", "0::/app\n");
    write("sys/fs/cgroup/app/cpu.max", "150000 100000\n");
    write("sys/fs/cgroup/app/cpu.stat", "usage_usec 1000000\nuser_usec 1\n");
    CpuLoad cpu = cpu();
    nanos.addAndGet(2_000_000_000L); // 2 s of 1.5 processors are 3 s
    write("sys/fs/cgroup/app/cpu.stat", "usage_usec 3250000\nuser_usec 1\n");
    assertThat(cpu.load()).isCloseTo(0.75, within(1e-9));
  }

  @Test
  void a_container_without_a_quota_has_the_machines_cpu() throws Exception {
    write("proc/stat", "cpu  0 0 0 0 0 0 0 0 0 0\n");
    write("proc/self/cgroup", "0::/\n");
    write("sys/fs/cgroup/cpu.max", "max 100000\n");
    write("sys/fs/cgroup/cpu.stat", "usage_usec 0\n");
    CpuLoad cpu = cpu();
    write("proc/stat", "cpu  30 0 0 70 0 0 0 0 0 0\n");
    assertThat(cpu.load()).isCloseTo(0.3, within(1e-9));
  }

  @Test
  void the_run_queue_counts_per_processor() throws Exception {
    write("proc/loadavg", "3.00 1.00 0.50 2/100 4711\n");
    assertThat(new RunQueue(new Procfs(root), 4).load()).isEqualTo(0.75);
  }

  @Test
  void memory_is_what_is_not_available() throws Exception {
    write("proc/meminfo", "MemTotal:       1000 kB\nMemFree:  1 kB\nMemAvailable:    250 kB\n");
    assertThat(new MemoryUse(new Procfs(root)).load()).isEqualTo(0.75);
  }

  @Test
  void in_a_container_with_a_limit_memory_is_what_it_holds_of_that() throws Exception {
    write("proc/meminfo", "MemTotal:       1000 kB\nMemAvailable:    250 kB\n");
    write("proc/self/cgroup", "0::/app\n");
    write("sys/fs/cgroup/app/memory.max", "1000\n");
    write("sys/fs/cgroup/app/memory.current", "700\n");
    write("sys/fs/cgroup/app/memory.stat", "anon 400\ninactive_file 100\n");
    assertThat(new MemoryUse(new Procfs(root)).load()).isEqualTo(0.6);
  }

  @Test
  void without_such_files_the_jdk_is_asked() {
    assertThat(new MemoryUse(new Procfs(root)).load()).isBetween(0.0, 1.0);
    assertThat(new RunQueue(new Procfs(root), 1).load())
        .satisfiesAnyOf(load -> assertThat(load).isNaN(), load -> assertThat(load).isNotNegative());
  }

  @Test
  void this_machine_can_be_measured() {
    assertThat(LoadSources.memory().load()).isBetween(0.0, 1.0);
    assertThat(LoadSources.runQueue().load()).isNotNegative();
    assertThat(LoadSources.cpu().name()).isEqualTo("cpu");
  }
}
