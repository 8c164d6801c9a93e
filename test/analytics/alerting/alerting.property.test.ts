import fc from 'fast-check';
import { acknowledge, bookOf } from '../../../src/analytics/alerting';
import { config, Desk, down, fact, route } from './support';

const apps = ['a', 'b', 'c', 'd'];
const labels = (app: string) => ({ namespace: 'team', environment: 'production', app });

type Step =
  | { readonly do: 'fire' | 'resolve' | 'acknowledge'; readonly app: string }
  | { readonly do: 'break' | 'mend'; readonly channel: string }
  | { readonly do: 'pass'; readonly seconds: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('fire' as const, 'resolve' as const), app: fc.constantFrom(...apps) }),
  fc.record({ do: fc.constant('acknowledge' as const), app: fc.constantFrom(...apps) }),
  fc.record({ do: fc.constantFrom('break' as const, 'mend' as const), channel: fc.constantFrom('ops', 'spare') }),
  fc.record({ do: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 400 }) }),
);

function run(steps: readonly Step[]): Desk {
  const escalate = [{ afterSeconds: 200, channels: ['boss'] }];
  const desk = new Desk(
    config([route({ channels: ['ops', 'spare'], escalate, groupBy: ['app'], repeatEverySeconds: 300 })]),
  );
  for (const one of steps) {
    if (one.do === 'fire') desk.tell(fact({ labels: labels(one.app), at: desk.iso }));
    if (one.do === 'resolve') desk.tell(fact({ labels: labels(one.app), state: 'resolved', at: desk.iso }));
    if (one.do === 'break') desk.faults.set(one.channel, down);
    if (one.do === 'mend') desk.faults.delete(one.channel);
    if (one.do === 'pass') desk.pass(one.seconds);
    if (one.do !== 'acknowledge') continue;
    const alert = desk.state.alerts[fact({ labels: labels(one.app) }).fingerprint];
    if (alert?.state === 'firing') acknowledge(desk.state, alert, 'bob', '', desk.iso);
  }
  return desk;
}

describe('whatever comes in whatever order', () => {
  it('no message goes to a channel twice', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const keys = run(steps).sent.map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });

  it('a channel hears of an end only after a beginning, and of no second end', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const open = new Set<string>();
        for (const { kind, channel, group } of run(steps).sent) {
          const place = `${group.id} ${channel.name}`;
          if (kind === 'resolved' || kind === 'acknowledged') expect(open).toContain(place);
          if (kind === 'resolved') open.delete(place);
          else open.add(place);
        }
      }),
    );
  });

  it('with channels that work in the end, everybody who heard of a beginning hears of the end, and nothing stays', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const desk = run(steps);
        desk.faults.clear();
        for (const app of apps) desk.tell(fact({ labels: labels(app), state: 'resolved', at: desk.iso }));
        desk.pass(3 * 3600);

        const last = new Map(desk.sent.map(({ kind, channel, group }) => [`${group.id} ${channel.name}`, kind]));
        expect([...last.values()].filter((kind) => kind !== 'resolved')).toEqual([]);
        expect(desk.state).toMatchObject({ groups: desk.state.groups, outgoing: [] });
        expect(bookOf(desk.state).alerts.every(({ state }) => state === 'resolved')).toBe(true);
      }),
    );
  });

  it('nobody is told again of what is acknowledged', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const desk = run(steps);
        for (const alert of Object.values(desk.state.alerts)) {
          if (alert.state === 'firing') acknowledge(desk.state, alert, 'bob', '', desk.iso);
        }
        desk.faults.clear();
        desk.pass(1000);
        const before = desk.sent.length;
        desk.pass(10_000);

        expect(desk.sent).toHaveLength(before);
      }),
    );
  });
});
