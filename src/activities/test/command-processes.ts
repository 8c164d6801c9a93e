import { setTimeout as delay } from 'node:timers/promises';
import type { ControlGroup } from './control-group';
import { hasEnvironment, type ProcessEntry, readProcessTable, residentBytes } from './process-table';

/** The variable by which a command's processes are found again, whatever they did to their parents and groups. */
export const commandIdVariable = 'F0_COMMAND_ID';

/**
 * The processes of one command: its process group and session, all descendants, and whatever carries its id in the
 * environment, so that a child that made itself a daemon (`setsid`, double fork) is found as well. Once seen, a process
 * stays known; with a control group none is missed. Where there is no `/proc`, only the process group is reached.
 */
export class CommandProcesses {
  private readonly members = new Set<string>();
  private readonly strangers = new Set<string>();

  constructor(
    private readonly commandId: string,
    /** The group's leader; null: look for what an earlier try left behind. */
    private readonly leader: number | null,
    private readonly group: ControlGroup | null = null,
  ) {}

  /** The living ones. */
  list(): readonly ProcessEntry[] {
    const table = readProcessTable();
    const found = new Map<number, ProcessEntry>();
    const inGroup = this.group?.pids();
    for (const entry of table) if (inGroup?.has(entry.pid) || this.isMember(entry)) found.set(entry.pid, entry);
    // Children of members, to any depth; a pass without a find ends it.
    for (let before = -1; before !== found.size; ) {
      before = found.size;
      for (const entry of table) if (found.has(entry.parent)) found.set(entry.pid, entry);
    }
    for (const entry of found.values()) this.members.add(keyOf(entry));
    return [...found.values()];
  }

  private isMember(entry: ProcessEntry): boolean {
    const key = keyOf(entry);
    if (this.members.has(key)) return true;
    if (this.leader !== null && [entry.pid, entry.group, entry.session].includes(this.leader)) return true;
    // The id is inherited when a process is forked, so one that has it not will never have it.
    if (this.strangers.has(key)) return false;
    const isOurs = hasEnvironment(entry.pid, commandIdVariable, this.commandId);
    if (isOurs === false) this.strangers.add(key);
    return isOurs === true;
  }

  residentBytes(): number {
    return this.list().reduce((sum, { pid }) => sum + residentBytes(pid), 0);
  }

  signal(name: 'SIGTERM' | 'SIGKILL'): void {
    for (const { pid } of this.list()) send(pid, name);
    if (this.leader !== null) send(-this.leader, name);
  }

  async waitUntilGone(withinMs: number): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (performance.now() < deadline && this.list().length > 0) await delay(20);
  }

  /** Kills until none is left; answers how many would not go within `withinMs` (stuck in the kernel). */
  async killAll(withinMs = 5_000): Promise<number> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const living = this.list();
      this.signal('SIGKILL');
      if (living.length === 0 || performance.now() > deadline) return living.length;
      await delay(10);
    }
  }
}

function keyOf({ pid, startTime }: ProcessEntry): string {
  return `${pid}:${startTime}`;
}

function send(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself in the meantime.
  }
}
