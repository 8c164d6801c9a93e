/**
 * How a process that runs workers is started: measured with 10,000 open runs, 1.2 GiB instead of 1.8
 * (docs/performance.md). The Dockerfile has the same.
 */
export const leanProcess = {
  /** MiB of each of its two heaps, that of the activities and that of the workflows: near a limit V8 collects in time. */
  execArgv: ['--max-old-space-size=1024'],
  /** glibc keeps what a thread has freed for that thread, of which there are dozens: two arenas serve them all. */
  env: { MALLOC_ARENA_MAX: '2' },
} as const;
