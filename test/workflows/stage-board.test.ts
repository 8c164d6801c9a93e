import fc from 'fast-check';
import { isFinal, Phase } from '../../src/contracts/phases';
import type { StagePlan } from '../../src/definition/release-plan';
import { StageBoard } from '../../src/workflows/stage-board';
import { plan, stage } from './plans';

const none: ReadonlySet<string> = new Set();
const board = (...stages: StagePlan[]) => new StageBoard(plan('1.0.0', stages));
const names = (stages: readonly StagePlan[]) => stages.map(({ name }) => name);
const at = (second: number) => new Date(second * 1000).toISOString();

describe('the stage board', () => {
  it('has those stages ready whose requirements are all met', () => {
    const stages = board(stage('a'), stage('b'), stage('c', { requires: ['a', 'b'] }), stage('d', { requires: ['c'] }));

    const first = names(stages.ready(none));
    stages.update('a', { phase: Phase.succeeded });
    const halfway = names(stages.ready(none));
    stages.update('b', { phase: Phase.succeeded });

    expect(first).toEqual(['a', 'b']);
    expect(halfway).toEqual(['b']);
    expect(names(stages.ready(none))).toEqual(['c']);
  });

  it('never has a stage ready twice', () => {
    const stages = board(stage('a'), stage('b'));

    expect(names(stages.ready(new Set(['a'])))).toEqual(['b']);
  });

  it('skips all that follows a failure, each naming what stopped it', () => {
    const stages = board(stage('a'), stage('b', { requires: ['a'] }), stage('c', { requires: ['b'] }), stage('free'));
    stages.update('a', { phase: Phase.failed });

    stages.skipUnreachable(at(5));

    expect(stages.all.map(({ phase, reason }) => [phase, reason])).toEqual([
      ['failed', ''],
      ['skipped', 'a ended failed'],
      ['skipped', 'b ended skipped'],
      ['waiting', ''],
    ]);
    expect(stages.of('b')).toMatchObject({ skippedForFailure: true, endedAt: at(5) });
  });

  it.each([Phase.failed, Phase.rolledBack, Phase.aborted])(
    'runs what follows a stage that may fail and %s',
    (phase) => {
      const stages = board(stage('a', { allowFailure: true }), stage('b', { requires: ['a'] }));
      stages.update('a', { phase });

      stages.skipUnreachable(at(1));

      expect(names(stages.ready(none))).toEqual(['b']);
      expect(stages.causes).toEqual([]);
    },
  );

  it('keeps the order through a stage that was left out', () => {
    const stages = board(stage('a'), stage('b', { requires: ['a'] }), stage('c', { requires: ['b'] }));
    stages.update('b', { phase: Phase.skipped });

    const early = names(stages.ready(none));
    stages.update('a', { phase: Phase.succeeded });

    expect(early).toEqual(['a']);
    expect(names(stages.ready(none))).toEqual(['c']);
  });

  it('lets a failure through a stage that was left out', () => {
    const stages = board(stage('a'), stage('b', { requires: ['a'] }), stage('c', { requires: ['b'] }));
    stages.update('b', { phase: Phase.skipped });
    stages.update('a', { phase: Phase.failed });

    stages.skipUnreachable(at(1));

    expect(stages.of('c')).toMatchObject({ phase: 'skipped', skippedForFailure: true });
  });

  it('knows the first cause by time, not by place', () => {
    const stages = board(stage('a'), stage('b'), stage('c'));
    stages.update('a', { phase: Phase.failed, endedAt: at(9) });
    stages.update('c', { phase: Phase.rolledBack, endedAt: at(3) });

    expect(stages.causes.map(({ name }) => name)).toEqual(['c', 'a']);
  });

  it('forgets what a deployment asked as soon as it asks nothing', () => {
    const stages = board(stage('a'));
    const question = { stage: 'a', gate: 'g' } as never;

    stages.ask('a', [question]);
    const asked = stages.awaiting;
    stages.ask('a', []);

    expect(asked).toEqual([question]);
    expect(stages.awaiting).toEqual([]);
  });

  it('goes on from where it was carried over', () => {
    const stages = plan('1.0.0', [stage('a'), stage('b', { requires: ['a'] })]);
    const before = new StageBoard(stages);
    before.update('a', { phase: Phase.succeeded });

    const after = new StageBoard(stages, before.all);

    expect(names(after.ready(none))).toEqual(['b']);
  });

  it('in any graph, with any outcome: order holds, everything ends, nothing runs after a failure', () => {
    const outcome = fc.constantFrom<Phase>(Phase.succeeded, Phase.succeeded, Phase.failed, Phase.skipped);
    const graph = fc
      .integer({ min: 1, max: 12 })
      .chain((size) =>
        fc.tuple(
          fc.array(fc.array(fc.nat({ max: 11 }), { maxLength: 4 }), { minLength: size, maxLength: size }),
          fc.array(fc.boolean(), { minLength: size, maxLength: size }),
          fc.array(outcome, { minLength: size, maxLength: size }),
        ),
      );
    fc.assert(
      fc.property(graph, ([edges, forgiven, outcomes]) => {
        const stages = edges.map((required, index) =>
          stage(`s${index}`, {
            requires: [...new Set(required.filter((before) => before < index))].map((before) => `s${before}`),
            allowFailure: forgiven[index] ?? false,
          }),
        );
        const tested = board(...stages);
        const started = new Set<string>();

        for (let round = 0; !tested.done && round <= stages.length; round += 1) {
          tested.skipUnreachable(at(round));
          for (const ready of tested.ready(started)) {
            started.add(ready.name);
            for (const name of ready.requires) {
              const { phase } = tested.of(name);
              expect(isFinal(phase)).toBe(true);
              expect(phase !== Phase.failed || stages[Number(name.slice(1))]?.allowFailure).toBe(true);
            }
            tested.update(ready.name, {
              phase: outcomes[Number(ready.name.slice(1))] ?? Phase.succeeded,
              endedAt: at(round),
            });
          }
        }

        expect(tested.done).toBe(true);
        for (const { name } of stages) expect(started.has(name)).toBe(!tested.of(name).skippedForFailure);
      }),
    );
  });
});
