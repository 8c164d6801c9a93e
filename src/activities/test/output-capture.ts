import { stripVTControlCharacters } from 'node:util';
import { formatBytes } from '../artifacts';
import type { Redactor } from '../secrets';

export interface CapturedOutput {
  /** What is kept: all of it, or the beginning and the end with a line between them that says how much is missing. */
  readonly content: Buffer;
  /** The last whole lines, at most 4 KiB, without terminal colours. */
  readonly tail: string;
  readonly totalBytes: number;
  readonly droppedBytes: number;
}

const tailBytes = 4 * 1024;

/**
 * Keeps the first and the last half of `limitBytes` of a stream in memory, and counts the rest. Chunks are copied into
 * blocks of one size: a million tiny writes cost no more memory than a few large ones.
 */
export class OutputCapture {
  private readonly head: Buffer[] = [];
  private readonly end: Buffer[] = [];
  private readonly blocksPerHalf: number;
  private current: Buffer;
  private filled = 0;
  private total = 0;
  private dropped = 0;

  constructor(
    private readonly limitBytes: number,
    private readonly blockBytes = 64 * 1024,
  ) {
    this.blocksPerHalf = Math.max(1, Math.floor(limitBytes / 2 / blockBytes));
    this.current = Buffer.allocUnsafe(blockBytes);
  }

  write(chunk: Buffer): void {
    this.total += chunk.length;
    for (let from = 0; from < chunk.length; ) {
      const copied = chunk.copy(this.current, this.filled, from);
      from += copied;
      this.filled += copied;
      if (this.filled === this.blockBytes) this.nextBlock();
    }
  }

  private nextBlock(): void {
    const full = this.current;
    this.filled = 0;
    if (this.head.length < this.blocksPerHalf) {
      this.head.push(full);
      this.current = Buffer.allocUnsafe(this.blockBytes);
      return;
    }
    this.end.push(full);
    if (this.end.length > this.blocksPerHalf) {
      this.dropped += this.blockBytes;
      this.current = this.end.shift() ?? full;
    } else {
      this.current = Buffer.allocUnsafe(this.blockBytes);
    }
  }

  finish(redactor: Redactor): CapturedOutput {
    const rest = this.current.subarray(0, this.filled);
    const content =
      this.dropped === 0
        ? redactor.redactBytes(Buffer.concat([...this.head, ...this.end, rest]))
        : this.joinAroundCut(Buffer.concat(this.head), Buffer.concat([...this.end, rest]), redactor);
    return { content, tail: lastLines(content), totalBytes: this.total, droppedBytes: this.dropped };
  }

  /** A secret that the cut goes through is in neither half as a whole, so its length is taken off on each side. */
  private joinAroundCut(head: Buffer, end: Buffer, redactor: Redactor): Buffer {
    const margin = Math.max(0, redactor.longestBytes - 1);
    const first = redactor.redactBytes(head);
    const last = redactor.redactBytes(end);
    const note = `\n[... ${formatBytes(this.dropped)} left out: the output limit is ${formatBytes(this.limitBytes)} ...]\n`;
    return Buffer.concat([first.subarray(0, first.length - margin), Buffer.from(note), last.subarray(margin)]);
  }
}

function lastLines(content: Buffer): string {
  if (content.length <= tailBytes) return stripVTControlCharacters(content.toString('utf8')).trimEnd();
  const text = content.subarray(content.length - tailBytes).toString('utf8');
  const lineEnd = text.indexOf('\n');
  // One line longer than all that is kept is shown cut, without the half character that the cut may have left.
  const whole = lineEnd >= 0 && lineEnd < text.length - 1 ? text.slice(lineEnd + 1) : text.replace(/^\uFFFD+/, '');
  return stripVTControlCharacters(whole).trimEnd();
}
