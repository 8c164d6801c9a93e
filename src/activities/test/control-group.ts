import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * A control group (cgroup v2) of a command's own, below the worker's. No process can leave it unnoticed, whatever it
 * does to its parents, session and environment. It needs a folder that the worker may write: as root, in a container
 * with a cgroup namespace, or in a service with `Delegate=yes`. Elsewhere there is none, and the process table serves.
 *
 * Where the worker's group hands the memory controller down, the kernel holds the memory limit as well.
 */
export class ControlGroup {
  private constructor(private readonly folder: string) {}

  /** Null where there is no cgroup v2 that can be written, or where the kernel (before 5.14) cannot kill a group. */
  static async create(
    name: string,
    memoryBytes: number,
    parent: string | null | undefined = ownGroup(),
  ): Promise<ControlGroup | null> {
    if (parent === null) return null;
    const folder = path.join(parent, `framework0-${name}`);
    // An earlier try of the same command may have left it, with processes and counters of its own.
    if (existsSync(folder)) await new ControlGroup(folder).close();
    try {
      mkdirSync(folder);
    } catch {
      return null;
    }
    if (!existsSync(path.join(folder, 'cgroup.kill'))) {
      rmdirSync(folder);
      return null;
    }
    const group = new ControlGroup(folder);
    // Swapping a command out is no way to keep it within its limit.
    group.write('memory.swap.max', '0');
    group.write('memory.oom.group', '1');
    group.write('memory.max', String(memoryBytes));
    return group;
  }

  /** Arguments for `/bin/sh` that run a command inside: the shell moves itself before it starts anything. */
  shellArguments(command: string): readonly string[] {
    return ['-c', 'echo 0 2>/dev/null >"$0"; exec /bin/sh -c "$1"', path.join(this.folder, 'cgroup.procs'), command];
  }

  pids(): ReadonlySet<number> {
    return new Set((this.read('cgroup.procs') ?? '').split('\n').filter(Boolean).map(Number));
  }

  /** True when the kernel killed it for its memory. */
  ranOutOfMemory(): boolean {
    return Number(/^oom_kill (\d+)$/m.exec(this.read('memory.events') ?? '')?.[1] ?? 0) > 0;
  }

  /** Kills what is left, and removes the group. */
  async close(withinMs = 5_000): Promise<void> {
    this.write('cgroup.kill', '1');
    const deadline = performance.now() + withinMs;
    while (this.read('cgroup.events')?.includes('populated 1') && performance.now() < deadline) await delay(10);
    try {
      rmdirSync(this.folder);
    } catch {
      // Something in it is stuck in the kernel; an empty group costs nothing.
    }
  }

  private read(file: string): string | null {
    try {
      return readFileSync(path.join(this.folder, file), 'utf8');
    } catch {
      return null;
    }
  }

  /** A file that is not there belongs to a controller that is not handed down. */
  private write(file: string, value: string): void {
    try {
      writeFileSync(path.join(this.folder, file), value, { flag: 'r+' });
    } catch {
      // What this would have held is held by the watch on the process table.
    }
  }
}

/** The folder of the worker's own group; null where there is no cgroup v2. */
export function ownGroup(): string | null {
  try {
    const mount = /^\S+ \S+ \S+ (\S+) (\S+) .* - cgroup2 /m.exec(readFileSync('/proc/self/mountinfo', 'utf8'));
    const group = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'));
    if (!mount?.[1] || !mount[2] || group?.[1] === undefined) return null;
    const folder = path.join(mount[2], path.relative(mount[1], group[1]));
    return existsSync(path.join(folder, 'cgroup.procs')) ? folder : null;
  } catch {
    return null;
  }
}
