import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

// A pid alone names nobody: the kernel gives it to another process later. With the time at which it started it does.

interface ProcessInfo {
  /** Same pid and same start time: the same process. */
  readonly startTime: string;
  /** Ended, and not yet collected by its parent. */
  readonly zombie: boolean;
  readonly group: number;
}

/** When the living process `pid` was started, in a form to compare; null when there is none. */
export function startTimeOf(pid: number): string | null {
  const info = inspect(pid);
  return info === null || info.zombie ? null : info.startTime;
}

/** Whether `pid` still is the process that was started then. */
export function isSameProcess(pid: number, startTime: string): boolean {
  return startTimeOf(pid) === startTime;
}

/** Signals the process group that `pid` leads, if it is the process that was started then; answers whether it was. */
export function signalGroup(pid: number, startTime: string, signal: NodeJS.Signals): boolean {
  if (!isSameProcess(pid, startTime)) return false;
  return killGroup(pid, signal);
}

/** For a group whose leader is known to be ours, or to have ended this very moment. */
export function killGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * Process groups (other than `known`) in which a process has `entry` (`NAME=value`) in its environment.
 * Finds what an agent started and was killed before it could write down. Where there is no /proc: none.
 */
export function strayGroups(entry: string, known: ReadonlySet<number>): readonly number[] {
  const groups = new Set<number>();
  for (const name of list('/proc')) {
    if (!/^\d+$/.test(name) || !read(`/proc/${name}/environ`)?.split('\0').includes(entry)) continue;
    const group = inspect(Number(name))?.group;
    if (group !== undefined && !known.has(group)) groups.add(group);
  }
  return [...groups];
}

function inspect(pid: number): ProcessInfo | null {
  return process.platform === 'linux' ? inspectProc(pid) : inspectPs(pid);
}

function inspectProc(pid: number): ProcessInfo | null {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The name, in parentheses, may hold anything; after it come state, parent, group, ... and the start as the 22nd field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Ticks since the machine started: the same figure may come again after the next start, so the start's id goes with it.
  const boot = read('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  return {
    startTime: `${boot}/${fields[19]}`,
    zombie: fields[0] === 'Z' || fields[0] === 'X',
    group: Number(fields[2]),
  };
}

function inspectPs(pid: number): ProcessInfo | null {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,pgid=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const [, stat = '', group = '', startTime = ''] = /^(\S+)\s+(\d+)\s+(.+)$/.exec(line) ?? [];
    return startTime === '' ? null : { startTime, zombie: stat.startsWith('Z'), group: Number(group) };
  } catch {
    return null;
  }
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
