/**
 * Milliseconds of a processor that a synchronous function takes. Time in which others have the processor does not
 * count, so a busy machine gives about what a quiet one does.
 */
export function cpuMilliseconds(run: () => void): number {
  const before = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
