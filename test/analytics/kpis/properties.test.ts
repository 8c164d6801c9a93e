import fc from 'fast-check';
import { addTallies, deliveryKpis, FactBook, readEntry, type Tally, tallyDays } from '../../../src/analytics/kpis';
import type { AuditEntry } from '../../../src/contracts/audit';
import { dayMs, entriesOf, epoch, factsOf, type Story } from './support';

const firstDay = epoch / dayMs;
const at = fc.integer({ min: 0, max: 20 * dayMs });

/** Releases of all kinds, some of them at the same instant. */
const stories: fc.Arbitrary<readonly Story[]> = fc
  .array(
    fc.record({
      startedAt: at,
      took: fc.integer({ min: 0, max: dayMs }),
      commitBefore: fc.option(fc.integer({ min: -dayMs, max: 3 * dayMs }), { nil: undefined }),
      wait: fc.option(fc.integer({ min: 0, max: 2 * dayMs }), { nil: undefined }),
      outcome: fc.constantFrom('succeeded', 'rolled_back', 'aborted', 'failed' as const),
      back: fc.integer({ min: 0, max: dayMs }),
      takenBack: fc.boolean(),
      environment: fc.constantFrom('production', 'staging'),
    }),
    { maxLength: 12 },
  )
  .map((all) =>
    all.map(({ startedAt, took, commitBefore, wait, outcome, back, takenBack, environment }, index): Story => {
      const endedAt = startedAt + took;
      return {
        release: `1.${index}.0`,
        environment,
        startedAt,
        endedAt,
        outcome: outcome as Story['outcome'] & string,
        ...(commitBefore === undefined ? {} : { committedAt: startedAt - commitBefore }),
        ...(wait === undefined ? {} : { approval: { askedAt: startedAt, answeredAt: startedAt + wait } }),
        ...(outcome === 'succeeded' ? {} : { decidedAt: startedAt, backAt: startedAt + back }),
        ...(takenBack && outcome === 'succeeded'
          ? { takenBack: { decidedAt: endedAt + back, backAt: endedAt + 2 * back } }
          : {}),
      };
    }),
  );

/** The runs woven into each other in another way; each keeps its own order. */
function woven(all: readonly Story[], picks: readonly number[]): AuditEntry[] {
  const queues = all.flatMap((story) => {
    const entries = entriesOf(story);
    const runs = new Map<string, AuditEntry[]>();
    for (const entry of entries) runs.set(entry.workflowId, [...(runs.get(entry.workflowId) ?? []), entry]);
    return [...runs.values()];
  });
  const result: AuditEntry[] = [];
  for (let step = 0; queues.some((queue) => queue.length > 0); step += 1) {
    const open = queues.filter((queue) => queue.length > 0);
    const queue = open[(picks[step % Math.max(1, picks.length)] ?? 0) % open.length];
    const next = queue?.shift();
    if (next) result.push(next);
  }
  return result;
}

const daysOf = (entries: readonly AuditEntry[]) => byPlace(tallyDays(factsOf(entries)));

function byPlace(days: ReturnType<typeof tallyDays>) {
  return Object.fromEntries(days.map(({ environment, day, tally }) => [`${day}/${environment}`, tally]));
}

describe('the tallies of days', () => {
  it('do not depend on how runs are woven into each other', () => {
    fc.assert(
      fc.property(stories, fc.array(fc.nat(50), { minLength: 1 }), (all, picks) => {
        expect(daysOf(woven(all, picks))).toEqual(daysOf(all.flatMap(entriesOf)));
      }),
    );
  });

  it('are the same batch by batch as all at once, and when batches come twice', () => {
    fc.assert(
      fc.property(stories, fc.integer({ min: 1, max: 7 }), fc.boolean(), (all, size, twice) => {
        const entries = all.flatMap(entriesOf);
        let facts = new FactBook().all();
        for (let from = 0; from < entries.length; from += size) {
          for (let time = 0; time < (twice ? 2 : 1); time += 1) {
            // As the projector does: a book of what is stored, then the batch.
            const book = new FactBook(facts);
            for (const entry of entries.slice(from, from + size)) readEntry(entry, book);
            facts = book.all();
          }
        }

        expect(byPlace(tallyDays(facts))).toEqual(daysOf(entries));
      }),
    );
  });

  it('never say more failures than changes, nor more reworks than deployments', () => {
    fc.assert(
      fc.property(stories, (all) => {
        for (const { tally } of tallyDays(factsOf(all.flatMap(entriesOf)))) {
          expect(tally.failures).toBeLessThanOrEqual(tally.changes);
          expect(tally.reworks).toBeLessThanOrEqual(tally.deployments);
          expect(tally.fromCommit).toBeLessThanOrEqual(tally.leadTimes.length);
          const durations = [tally.leadTimes, tally.recoveryTimes, tally.rollbackTimes, tally.approvalWaits].flat();
          expect(durations.every((seconds) => seconds >= 0)).toBe(true);
        }
      }),
    );
  });
});

describe('windows', () => {
  it('of two stretches side by side make up the whole', () => {
    fc.assert(
      fc.property(stories, fc.integer({ min: 1, max: 12 }), (all, length) => {
        const facts = factsOf(all.flatMap(entriesOf));
        const days = tallyDays(facts).map((day) => ({ ...day, namespace: 'team', workflow: 'shop' }));
        const ask = (today: number, days_: number) =>
          deliveryKpis({
            days,
            today,
            length: days_,
            firstLive: firstDay,
            isProduction: () => true,
            costOf: () => ({ currency: 'EUR', perDay: 100, workflows: {} }),
            targets: {},
          });
        const last = firstDay + 2 * length - 1;
        const [frequency] = ask(last, length);
        const [whole] = ask(last, 2 * length);
        const costs = ask(last, length).at(-1)!;
        const ofDays = costs.series.reduce((sum, { value }) => sum + (value ?? 0), 0);

        expect(((frequency?.value ?? 0) + (frequency?.before ?? 0)) / 2).toBeCloseTo(whole?.value ?? 0);
        expect(costs.value ?? 0).toBeCloseTo(ofDays, 4);
      }),
    );
  });

  it('add up in any order', () => {
    fc.assert(
      fc.property(stories, (all) => {
        const tallies = tallyDays(factsOf(all.flatMap(entriesOf))).map(({ tally }) => tally);
        const counts = ({ deployments, failures, changes, reworks }: Tally) => [
          deployments,
          failures,
          changes,
          reworks,
        ];

        expect(counts(addTallies(tallies))).toEqual(counts(addTallies([...tallies].reverse())));
      }),
    );
  });
});
