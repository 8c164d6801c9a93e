import { watchObjectives } from '../../../src/activities/kpis';
import type { AlertFact, AlertingConfig } from '../../../src/contracts/alerting';
import type { SloStatus } from '../../../src/contracts/kpis';
import { ManualClock } from '../observe/support';

const config = { channels: [], alerting: { routes: [], inhibit: [] } } as unknown as AlertingConfig;

/** An objective that burns its budget at these rates in the hour and the five minutes; nothing is known of the others. */
function objective(rate: number | null, namespace = 'team'): SloStatus {
  const burnRates = ['1h', '5m'].map((window) => ({ window, rate, alertAbove: 14.4 }));
  const about = { namespace, name: 'checkout', environment: 'production', objective: 0.999, windowDays: 30 };
  return { ...about, availability: null, budgetLeft: null, burnRates };
}

function rig() {
  const clock = new ManualClock();
  const told: [string, readonly string[]][] = [];
  const warned: unknown[] = [];
  const state = { slos: [objective(0)], fails: false };
  const end = watchObjectives({
    objectives: { slos: async () => state.slos },
    platforms: { alerting: async () => new Map([['team', config]]) },
    intake: {
      raise: async (namespace, _config, facts: readonly AlertFact[]) => {
        if (state.fails) throw new Error('Temporal is away');
        told.push([namespace, facts.map((fact) => `${fact.name} ${fact.state}`)]);
      },
    },
    clock,
    logger: { warn: (details: unknown) => void warned.push(details) } as never,
  });
  return { clock, told, warned, state, end };
}

describe('the watch over objectives', () => {
  it('tells what has changed since the last look, and nothing twice', async () => {
    const { clock, told, state, end } = rig();

    await clock.advance(60);
    state.slos = [objective(20)];
    await clock.advance(180);
    state.slos = [objective(1)];
    await clock.advance(60);
    await end();

    expect(told).toEqual([
      ['team', ['SloBudgetBurnsFast resolved']],
      ['team', ['SloBudgetBurnsFast firing']],
      ['team', ['SloBudgetBurnsFast resolved']],
    ]);
  });

  it('ends nothing that fires because a rate is not known for a while', async () => {
    const { clock, told, state, end } = rig();
    state.slos = [objective(20)];

    await clock.advance(60);
    state.slos = [objective(null)];
    await clock.advance(60);
    state.slos = [objective(20)];
    await clock.advance(60);
    await end();

    expect(told).toEqual([['team', ['SloBudgetBurnsFast firing']]]);
  });

  it('tells it again when it could not be told, and goes on', async () => {
    const { clock, told, warned, state, end } = rig();
    Object.assign(state, { slos: [objective(20)], fails: true });

    await clock.advance(60);
    state.fails = false;
    await clock.advance(60);
    await end();

    expect(warned).toHaveLength(1);
    expect(told).toEqual([['team', ['SloBudgetBurnsFast firing']]]);
  });

  it('tells nobody of a namespace without alerting', async () => {
    const { clock, told, state, end } = rig();
    state.slos = [objective(20, 'others')];

    await clock.advance(60);
    await end();

    expect(told).toEqual([]);
  });
});
