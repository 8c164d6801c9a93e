import { readdirSync, readFileSync } from 'node:fs';

/** One line of Linux's process table. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Clock ticks since boot: together with `pid` it names a process for good, as pids are used again. */
  readonly startTime: number;
}

/**
 * All living processes that `/proc` shows; empty where there is no `/proc` (macOS, Windows). Read synchronously: the
 * files are memory, and a table that is read in one go has fewer processes that came or went in the middle.
 */
export function readProcessTable(): readonly ProcessEntry[] {
  if (process.platform !== 'linux') return [];
  const entries: ProcessEntry[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readProc(name, 'stat');
    // The command's name stands in parentheses and may itself contain spaces and parentheses.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
    const state = fields[0];
    // A zombie holds no memory and cannot be killed; it is its parent's to collect.
    if (state === undefined || state === 'Z' || state === 'X') continue;
    const at = (index: number) => Number(fields[index]);
    entries.push({ pid: Number(name), parent: at(1), group: at(2), session: at(3), startTime: at(19) });
  }
  return entries;
}

/** Memory that belongs to the process alone or that it shares on purpose; the program's own file is not counted. */
export function residentBytes(pid: number): number {
  const status = readProc(String(pid), 'status') ?? '';
  let kibibytes = 0;
  for (const match of status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB$/gm)) kibibytes += Number(match[1]);
  return kibibytes * 1024;
}

/**
 * True when the process was started with `name=value` in its environment. Null when it shows no environment: it has
 * none, it is somebody else's, or it is just turning into another program, when the kernel shows an empty one.
 */
export function hasEnvironment(pid: number, name: string, value: string): boolean | null {
  const environment = readProc(String(pid), 'environ');
  return environment ? `\0${environment}\0`.includes(`\0${name}=${value}\0`) : null;
}

/** Null when the process is gone, or belongs to somebody else. */
function readProc(pid: string, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return null;
  }
}
