import type { RunTrace, TraceOutcome, TraceSpan } from '../../client';
import type { Colours } from '../context';
import { sayDuration, sayInstant } from './time';

export interface WaterfallOptions {
  readonly colours: Colours;
  /** Of the terminal. */
  readonly columns: number;
  /** Where what has not ended is cut. */
  readonly now: number;
}

interface Row {
  readonly span: TraceSpan;
  /** Lines of the tree before the name. */
  readonly lead: string;
  /** The same for what is written below the row. */
  readonly below: string;
}

/** `2 min 59 s` and ` ×12`. */
const figuresWidth = 15;
const leastBarWidth = 20;
/** Below this, a name can no longer be told from its neighbours. */
const leastNameWidth = 24;
const mostNameWidth = 60;

const looks: Readonly<
  Record<TraceOutcome, { readonly mark: string; readonly colour: 'green' | 'red' | 'cyan' | 'yellow' }>
> = {
  completed: { mark: '✔', colour: 'green' },
  running: { mark: '●', colour: 'cyan' },
  failed: { mark: '✖', colour: 'red' },
  timed_out: { mark: '✖', colour: 'red' },
  cancelled: { mark: '■', colour: 'yellow' },
  terminated: { mark: '■', colour: 'red' },
};

/** A run as a waterfall: a line for each workflow, activity, timer and message, in the order in which they were asked for. */
export function waterfallText({ traceId, root }: RunTrace, options: WaterfallOptions): string {
  const { colours, columns } = options;
  const rows = rowsOf(root, '', '');
  const longest = Math.max(...rows.map(({ lead, span }) => lead.length + 2 + titleOf(span).length));
  const room = columns - leastBarWidth - figuresWidth - 2;
  const nameWidth = Math.min(longest, Math.max(leastNameWidth, Math.min(mostNameWidth, room)));
  const barWidth = Math.max(leastBarWidth, columns - nameWidth - figuresWidth - 2);
  const scale = new Scale(root, rows, barWidth, options.now);
  const head = [
    `${colours.bold(root.workflowId ?? root.name)}  ${colours.dim(`${sayInstant(root.scheduledAt)}, ${scale.total}`)}`,
    ...(traceId === null ? [] : [colours.dim(`trace ${traceId}`)]),
    '',
  ];
  const body = rows.flatMap(({ span, lead, below }) => {
    const name = fitted(`${lead}${looks[span.outcome].mark} ${titleOf(span)}`, nameWidth);
    const figures = `${scale.durationOf(span)}${span.attempts > 1 ? ` ×${span.attempts}` : ''}`;
    const line = `${name} ${colours[looks[span.outcome].colour](scale.bar(span))} ${figures}`.trimEnd();
    return span.failure === null ? [line] : [line, `${below}  ${colours.red(oneLine(span.failure))}`];
  });
  return [...head, ...body].join('\n');
}

function rowsOf(span: TraceSpan, lead: string, below: string): Row[] {
  const rows: Row[] = [{ span, lead, below: span.children.length > 0 ? `${below}│` : below }];
  span.children.forEach((child, index) => {
    const last = index === span.children.length - 1;
    rows.push(...rowsOf(child, `${below}${last ? '└─' : '├─'}`, `${below}${last ? '  ' : '│ '}`));
  });
  return rows;
}

function titleOf({ name, summary }: TraceSpan): string {
  return summary === '' ? name : name === 'timer' ? summary : `${name}: ${oneLine(summary)}`;
}

function fitted(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}

/** Time as columns. */
class Scale {
  readonly #start: number;
  readonly #end: number;
  readonly #width: number;
  readonly #now: number;

  constructor(root: TraceSpan, rows: readonly Row[], width: number, now: number) {
    this.#start = Date.parse(root.scheduledAt);
    this.#now = now;
    this.#width = width;
    // A guardian goes on after the run that started it.
    this.#end = Math.max(this.#start + 1, ...rows.map(({ span }) => this.#endOf(span)));
  }

  get total(): string {
    return sayDuration((this.#end - this.#start) / 1000);
  }

  durationOf(span: TraceSpan): string {
    const milliseconds = this.#endOf(span) - Date.parse(span.scheduledAt);
    return isMessage(span) && milliseconds === 0 ? '' : sayDuration(milliseconds / 1000);
  }

  bar(span: TraceSpan): string {
    // At most the last column but one: every bar has one.
    const from = Math.min(this.#width - 1, this.#column(Date.parse(span.scheduledAt)));
    const to = Math.max(from + 1, this.#column(this.#endOf(span)));
    if (isMessage(span) && to === from + 1) return `${' '.repeat(from)}◆`.padEnd(this.#width);
    const begun = span.startedAt === null ? to : this.#column(Date.parse(span.startedAt));
    // What has ended has worked: at least its last column says so.
    const waits = Math.min(begun, span.startedAt === null ? to : to - 1) - from;
    const bar = `${' '.repeat(from)}${'░'.repeat(waits)}${'█'.repeat(to - from - waits)}`;
    return bar.padEnd(this.#width);
  }

  #endOf({ endedAt }: TraceSpan): number {
    return endedAt === null ? this.#now : Date.parse(endedAt);
  }

  #column(at: number): number {
    const share = (at - this.#start) / (this.#end - this.#start);
    return Math.min(this.#width, Math.max(0, Math.round(share * this.#width)));
  }
}

function isMessage({ kind }: TraceSpan): boolean {
  return kind === 'signal' || kind === 'update';
}
