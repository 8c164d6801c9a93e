import { createLogUpdate } from 'log-update';
import type { RunStatus } from '../../client';
import { isFinal } from '../../contracts/phases';
import type { CliContext } from '../context';
import { changesBetween } from './changes';
import { statusText } from './status';
import { sayClock } from './time';

/** Shows a run while it goes on. */
export interface LiveView {
  show(status: RunStatus): void;
  /** Temporal or a worker does not answer (null: it does again). */
  interruption(reason: string | null): void;
  /** Leaves the last picture on the screen. */
  end(): void;
}

/** A tree that is redrawn in place on a terminal; a line per change elsewhere. */
export function liveView(context: CliContext): LiveView {
  return context.io.stdout.isTTY ? treeView(context) : logView(context);
}

function treeView({ colours }: CliContext): LiveView {
  // Only a real terminal has a tree, so this is the stream behind our sink: log-update asks it for its size.
  const log = createLogUpdate(process.stdout);
  let status: RunStatus | null = null;
  let trouble: string | null = null;
  const draw = () => {
    if (!status) return;
    const tree = statusText(status, { colours, now: Date.now(), hints: true });
    log(trouble === null ? tree : `${tree}\n\n${colours.yellow(trouble)}`);
  };
  // Times in the tree move on between two changes.
  const clock = setInterval(draw, 250);
  return {
    show: (next) => {
      status = next;
      draw();
    },
    interruption: (reason) => {
      trouble = reason;
      draw();
    },
    end: () => {
      clearInterval(clock);
      draw();
      log.done();
    },
  };
}

/** Plain lines: for files, pipes and the logs of other systems. */
export function logView({ io, colours }: Pick<CliContext, 'io' | 'colours'>): LiveView {
  let last: RunStatus | null = null;
  let told: string | null = null;
  return {
    show: (status) => {
      for (const change of changesBetween(last, status)) io.stdout.write(`${sayClock(new Date())}  ${change}\n`);
      last = status;
    },
    interruption: (reason) => {
      if (reason !== null && told === null) io.stderr.write(`${reason}\n`);
      if (reason === null) io.stderr.write('Temporal and its worker answer again\n');
      told = reason;
    },
    end: () => {
      if (last && isFinal(last.phase)) {
        io.stdout.write(`\n${statusText(last, { colours, now: Date.now(), hints: false })}\n`);
      }
    },
  };
}
