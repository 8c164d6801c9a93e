import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Over this, all but the end is dropped. A replica writes by itself, so it can exceed this between two looks. */
const maxBytes = 4 * 1024 * 1024;
const keptBytes = 512 * 1024;
const tailBytes = 2048;
const tailLines = 10;

/**
 * The log file of a replica. The replica holds it open (so it goes on writing when the agent is gone), in append mode (so
 * it can be cut short under it).
 */
export class ReplicaLog {
  constructor(private readonly file: string) {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  }

  /** A descriptor to give to a process; the caller closes it. */
  open(): number {
    return openSync(this.file, 'a', 0o600);
  }

  /** Keeps the file bounded: the end of what is dropped stays beside it as `.1`. */
  trim(): void {
    this.using((descriptor) => {
      const { size } = fstatSync(descriptor);
      if (size <= maxBytes) return;
      writeFileSync(`${this.file}.1`, readEnd(descriptor, size, keptBytes), { mode: 0o600 });
      ftruncateSync(descriptor, 0);
    });
  }

  /** The last lines, for a message; empty when it wrote nothing. */
  tail(): string {
    let text = '';
    this.using((descriptor) => {
      text = readEnd(descriptor, fstatSync(descriptor).size, tailBytes).toString('utf8');
    });
    return text.trimEnd().split('\n').slice(-tailLines).join('\n');
  }

  private using(action: (descriptor: number) => void): void {
    let descriptor: number;
    try {
      descriptor = openSync(this.file, 'r+');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      throw error;
    }
    try {
      action(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }
}

function readEnd(descriptor: number, size: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(Math.min(size, bytes));
  const read = readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
  return buffer.subarray(0, read);
}
