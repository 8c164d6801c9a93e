import type { Phase } from '../../contracts/phases';
import type { Colours } from '../context';

const looks: Readonly<Record<Phase, { readonly mark: string; readonly colour: keyof Colours }>> = {
  waiting: { mark: '○', colour: 'dim' },
  running: { mark: '●', colour: 'cyan' },
  awaiting_approval: { mark: '?', colour: 'yellow' },
  paused: { mark: '‖', colour: 'yellow' },
  succeeded: { mark: '✔', colour: 'green' },
  failed: { mark: '✖', colour: 'red' },
  rolled_back: { mark: '↩', colour: 'magenta' },
  aborted: { mark: '■', colour: 'red' },
  skipped: { mark: '-', colour: 'dim' },
};

export function phaseMark(phase: Phase, colours: Colours): string {
  return paint(phase, looks[phase].mark, colours);
}

/** The phase's name, padded to the longest one, in its colour. */
export function phaseName(phase: Phase, colours: Colours, width = 0): string {
  return paint(phase, phase.padEnd(width), colours);
}

function paint(phase: Phase, text: string, colours: Colours): string {
  const colour = colours[looks[phase].colour];
  return typeof colour === 'function' ? colour(text) : text;
}
