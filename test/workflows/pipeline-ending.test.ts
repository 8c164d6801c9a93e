import { Phase } from '../../src/contracts/phases';
import type { StageStatus } from '../../src/contracts/status';
import type { Stop } from '../../src/workflows/cancellation';
import { endingOf } from '../../src/workflows/pipeline-ending';
import { currentPhase } from '../../src/workflows/pipeline-view';
import { StageBoard } from '../../src/workflows/stage-board';
import { bob, plan, stage } from './plans';

function status(name: string, phase: Phase, reason = ''): StageStatus {
  const board = new StageBoard(plan('1.0.0', [stage(name)]));
  board.update(name, { phase, reason });
  return board.of(name);
}

const stop = (kind: Stop['kind']): Stop => ({ kind, reason: `${kind} by bob`, actor: bob });

describe('how a run ends', () => {
  it.each([
    ['well', [], null, 'succeeded', '1.0.0 went through all stages'],
    [
      'by its first cause',
      [status('a', Phase.rolledBack, 'slow'), status('b', Phase.failed)],
      null,
      'rolled_back',
      'a: slow',
    ],
    ['aborted, when nothing ran', [], stop('abort'), 'aborted', 'abort by bob'],
    [
      'aborted, with what became of the stage',
      [status('a', Phase.aborted, 'abort by bob; 1 serves')],
      stop('abort'),
      'aborted',
      'a: abort by bob; 1 serves',
    ],
    ['rolled back', [status('a', Phase.aborted, 'x')], stop('rollback'), 'rolled_back', 'a: x'],
    [
      'failed, when something could not be taken back',
      [status('a', Phase.aborted), status('b', Phase.failed, 'dead')],
      stop('rollback'),
      'failed',
      'b: dead',
    ],
    [
      'as the stage did that went back by itself',
      [status('a', Phase.rolledBack, 'slow')],
      stop('abort'),
      'rolled_back',
      'a: slow',
    ],
    ['aborted, when cancelled', [], stop('cancel'), 'aborted', 'cancel by bob'],
  ] as const)('%s', (_name, causes, stopped, phase, reason) => {
    expect(endingOf('1.0.0', causes, stopped)).toEqual({ phase, reason });
  });
});

describe('what a run shows', () => {
  const asking = [{ stage: 'b', gate: 'manual_approval' }] as never;
  const nothing = { stop: null, paused: false, stages: [], awaiting: [] };

  it.each([
    [
      'a stop before all',
      { ...nothing, stop: stop('abort'), paused: true, awaiting: asking },
      'running',
      'stopping: abort by bob',
    ],
    [
      'a pause before a question',
      { ...nothing, paused: true, awaiting: asking },
      'paused',
      'no further stage starts until somebody resumes',
    ],
    [
      'a question before work',
      { ...nothing, awaiting: asking, stages: [status('a', Phase.running)] },
      'awaiting_approval',
      'b waits at manual_approval',
    ],
    [
      'a paused deployment before work',
      { ...nothing, stages: [status('a', Phase.running), status('b', Phase.paused)] },
      'paused',
      'b is paused',
    ],
    [
      'all work under way',
      { ...nothing, stages: [status('a', Phase.running), status('b', Phase.running)] },
      'running',
      'a, b',
    ],
    ['what it waits for', { ...nothing, stages: [status('a', Phase.waiting, 'frozen')] }, 'waiting', 'frozen'],
  ] as const)('%s', (_name, situation, phase, reason) => {
    expect(currentPhase(situation)).toEqual({ phase, reason });
  });
});
