import {
  acknowledge,
  addSilence,
  bookOf,
  compacted,
  endSilence,
  findAlert,
  keptLimit,
  takeIn,
  takeRecords,
} from '../../../src/analytics/alerting';
import { config, Desk, down, fact, refused, route, start } from './support';

const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();
const of = (app: string) => ({ namespace: 'team', environment: 'production', app });

function ack(desk: Desk, fingerprint: string): void {
  const alert = findAlert(desk.state, fingerprint);
  if (!alert) throw new Error(`no ${fingerprint}`);
  acknowledge(desk.state, alert, 'bob', 'looking', desk.iso);
  desk.turn();
}

describe('the state machine of alerts', () => {
  it('tells a group once, after its wait, and its end', () => {
    const desk = new Desk(config());
    desk.tell(fact({ labels: of('a') }));
    desk.tell(fact({ labels: of('b') }));
    desk.pass(60);
    desk.tell(
      fact({ labels: of('a'), state: 'resolved', at: at(60) }),
      fact({ labels: of('b'), state: 'resolved', at: at(60) }),
    );
    desk.pass(60);

    expect(desk.log).toEqual(['firing ops 1', 'resolved ops 60']);
    expect(desk.sent[0]).toMatchObject({ firing: 2, resolved: 0, reference: null });
    expect(desk.sent[1]).toMatchObject({ firing: 0, resolved: 2, reference: 'first', group: desk.sent[0]?.group });
  });

  it('lists what a platform without routes tells, and goes on telling people by the routes of another', () => {
    const nobody = new Desk(config([]));
    nobody.tell(fact({ labels: of('a') }));
    nobody.pass(60);
    expect(nobody.sent).toEqual([]);
    expect(bookOf(nobody.state).alerts).toMatchObject([{ state: 'firing', labels: of('a') }]);

    const desk = new Desk(config());
    desk.tell(fact({ labels: of('a') }));
    takeIn(desk.state, { config: config([]), facts: [fact({ labels: of('b') })] }, desk.iso);
    desk.pass(60);
    expect(desk.sent.flatMap(({ alerts }) => alerts.map(({ labels }) => labels.app))).toEqual(['a', 'b']);
  });

  it('takes the same alert again as one', () => {
    const desk = new Desk(config());
    for (let time = 0; time < 5; time += 1) desk.tell(fact({ summary: `told ${time}` }));
    desk.pass(10);

    expect(bookOf(desk.state).alerts).toMatchObject([{ summary: 'told 4', state: 'firing', startedAt: at(0) }]);
    expect(desk.sent).toHaveLength(1);
  });

  it('keeps to the interval of a group when news come one by one', () => {
    const desk = new Desk(config());
    desk.tell(fact({ labels: of('a') }));
    desk.pass(5);
    desk.tell(fact({ labels: of('b') }));
    desk.pass(5);
    desk.tell(fact({ labels: of('c') }));
    desk.pass(60);

    expect(desk.log).toEqual(['firing ops 1', 'firing ops 31']);
    expect(desk.sent[1]?.alerts.map(({ labels }) => labels.app)).toEqual(['b', 'c']);
  });

  it('is pending until it was true for long enough, and nobody hears of what was not', () => {
    const desk = new Desk(config());
    desk.tell(fact({ labels: of('a'), forSeconds: 60 }), fact({ labels: of('b'), forSeconds: 60 }));
    expect(bookOf(desk.state).alerts.map(({ state }) => state)).toEqual(['pending', 'pending']);
    desk.pass(30);
    desk.tell(fact({ labels: of('b'), state: 'resolved', at: at(30) }));
    desk.pass(60);

    expect(desk.log).toEqual(['firing ops 61']);
    expect(bookOf(desk.state).alerts).toMatchObject([{ state: 'firing', labels: { app: 'a' } }]);
  });

  it('ends an event by itself', () => {
    const desk = new Desk(config());
    desk.tell(fact({ endsAfterSeconds: 600 }));
    desk.pass(700);

    expect(desk.log).toEqual(['firing ops 1', 'resolved ops 600']);
  });

  it('repeats while nobody acknowledges', () => {
    const desk = new Desk(config([route({ repeatEverySeconds: 100 })]));
    desk.tell(fact());
    desk.pass(250);
    ack(desk, fact().fingerprint);
    desk.pass(1000);

    expect(desk.log).toEqual(['firing ops 1', 'repeated ops 101', 'repeated ops 201', 'acknowledged ops 250']);
  });

  it('escalates step by step until somebody acknowledges', () => {
    const escalate = [
      { afterSeconds: 300, channels: ['spare'] },
      { afterSeconds: 900, channels: ['boss'] },
    ];
    const desk = new Desk(config([route({ escalate })]));
    desk.tell(fact());
    desk.pass(400);
    ack(desk, fact().fingerprint.slice(0, 8));
    desk.pass(2000);
    desk.tell(fact({ state: 'resolved', at: at(2400) }));
    desk.pass(60);

    expect(desk.log).toEqual([
      'firing ops 1',
      'escalated spare 301',
      'acknowledged ops 400',
      'acknowledged spare 400',
      'resolved ops 2400',
      'resolved spare 2400',
    ]);
  });

  it('goes to the next channel at once when one fails, and says so', () => {
    const desk = new Desk(config([route({ channels: ['ops', 'spare'] })]));
    desk.faults.set('ops', down);
    desk.tell(fact());
    desk.pass(10);

    expect(desk.log).toEqual(['firing spare 1']);
    expect(bookOf(desk.state).alerts[0]?.deliveries).toEqual([
      { channel: 'ops', state: 'firing', at: at(1), failure: 'ops is down' },
      { channel: 'spare', state: 'firing', at: at(1), failure: null },
    ]);
  });

  it('tries a chain again that has failed as a whole, no sooner than a channel wants', () => {
    const desk = new Desk(config());
    desk.faults.set('ops', { ...down, code: 'RateLimited', retryAfterSeconds: 40 });
    desk.tell(fact());
    desk.pass(30);
    desk.faults.clear();
    desk.pass(30);

    expect(desk.log).toEqual(['firing ops 41']);
  });

  it('gives up what is refused for good, and tells it when it repeats', () => {
    const desk = new Desk(config([route({ repeatEverySeconds: 500 })]));
    desk.faults.set('ops', refused);
    desk.tell(fact());
    desk.pass(400);
    expect(bookOf(desk.state).alerts[0]?.deliveries).toHaveLength(1);
    desk.faults.clear();
    desk.pass(200);

    expect(desk.log).toEqual(['repeated ops 501']);
  });

  it('does not tell the end of what nobody was told of', () => {
    const desk = new Desk(config());
    desk.faults.set('ops', down);
    desk.tell(fact());
    desk.pass(20);
    desk.tell(fact({ state: 'resolved', at: at(20) }));
    desk.pass(40);
    desk.faults.clear();
    desk.pass(4000);

    expect(desk.sent).toEqual([]);
    expect(desk.state).toMatchObject({ outgoing: [], groups: {} });
  });

  it('tells nobody of what is silenced, until the silence ends', () => {
    const desk = new Desk(config());
    const silence = { id: 's1', matchers: { app: 'shop' }, reason: 'works', by: 'bob', from: at(0), until: at(3600) };
    addSilence(desk.state, silence);
    desk.tell(fact(), fact({ labels: of('other') }));
    desk.pass(100);
    expect(desk.sent.map(({ alerts }) => alerts.map(({ labels }) => labels.app))).toEqual([['other']]);
    expect(bookOf(desk.state).alerts.map(({ mutedBy }) => mutedBy)).toEqual(['s1', null]);

    desk.pass(3600);
    expect(desk.sent.at(-2)).toMatchObject({ kind: 'firing', alerts: [{ labels: { app: 'shop' } }] });
  });

  it('tells what is left when somebody ends a silence', () => {
    const desk = new Desk(config());
    addSilence(desk.state, { id: 's1', matchers: { app: 'shop' }, reason: 'r', by: 'b', from: at(0), until: at(3600) });
    desk.tell(fact());
    desk.pass(10);

    expect(endSilence(desk.state, 's1', desk.iso)).toBe(true);
    desk.pass(10);

    expect(desk.log).toEqual(['firing ops 11']);
    expect(endSilence(desk.state, 's1', desk.iso)).toBe(false);
  });

  it('does not tell what another alert explains, and tells it when that is over', () => {
    const inhibit = [
      { source: { alertname: ['ClusterDown'] }, target: { severity: ['warning'] }, equal: ['environment'] },
    ];
    const desk = new Desk(config([route()], { inhibit }));
    const cluster = { name: 'ClusterDown', severity: 'critical', labels: { environment: 'production' } } as const;
    desk.tell(fact(cluster), fact(), fact({ labels: { environment: 'staging' } }));
    desk.pass(10);
    const told = () => desk.sent.filter(({ kind }) => kind === 'firing').map(({ group }) => group.labels);
    expect(told()).toEqual([
      { environment: 'production', alertname: 'ClusterDown' },
      { environment: 'staging', alertname: 'error_rate > 5%' },
    ]);

    desk.tell(fact({ ...cluster, state: 'resolved', at: at(10) }));
    desk.pass(10);
    expect(told().at(-1)).toEqual({ environment: 'production', alertname: 'error_rate > 5%' });
  });

  it('sends an alert by the first route that matches, and on where that route says so', () => {
    const critical = route({ name: 'critical', matchers: { severity: ['critical'] }, channels: ['boss'], goOn: true });
    const desk = new Desk(config([critical, route(), route({ name: 'never', channels: ['spare'] })]));
    desk.tell(fact({ severity: 'critical' }), fact({ labels: of('b') }));
    desk.pass(10);

    expect(desk.log).toEqual(['firing boss 1', 'firing ops 1']);
    expect(desk.sent.map(({ firing }) => firing)).toEqual([1, 2]);
  });

  it('counts a storm beyond what it keeps, and loses nothing', () => {
    const desk = new Desk(config());
    const storm = Array.from({ length: 10_000 }, (_, index) => fact({ labels: of(`app-${index}`) }));
    for (let from = 0; from < storm.length; from += 200) desk.tell(...storm.slice(from, from + 200));
    const recorded = takeRecords(desk.state, 20_000).length + desk.state.unrecordable;
    desk.pass(1);

    expect(Object.keys(desk.state.alerts)).toHaveLength(keptLimit);
    expect(desk.log).toEqual(['firing ops 1']);
    expect(desk.sent[0]).toMatchObject({ firing: 10_000 });
    expect(recorded).toBe(10_000);
    expect(JSON.stringify(compacted(desk.state)).length).toBeLessThan(1_600_000);

    for (let from = 0; from < storm.length; from += 200) {
      desk.tell(...storm.slice(from, from + 200).map((one) => ({ ...one, state: 'resolved' as const, at: at(2) })));
    }
    desk.pass(60);
    expect(desk.sent.at(-1)).toMatchObject({ kind: 'resolved', firing: 0 });
    desk.pass(700);
    expect(desk.state).toMatchObject({ groups: {}, outgoing: [] });
  });

  it('has room for new alerts when old ones are over, and few groups in a storm of groups', () => {
    const desk = new Desk(config([route({ groupBy: ['app'] })]));
    const storm = Array.from({ length: 3_000 }, (_, index) => fact({ labels: of(`app-${index}`) }));
    desk.tell(...storm);
    desk.pass(5);
    expect(Object.keys(desk.state.groups)).toHaveLength(keptLimit + 1);
    expect(desk.sent.map(({ firing }) => firing).reduce((sum, firing) => sum + firing, 0)).toBe(3_000);

    desk.tell(...storm.map((one) => ({ ...one, state: 'resolved' as const, at: at(5) })));
    desk.pass(60);
    // Also while the database is away: what was not recorded waits, and is in nobody's way.
    desk.state.passing.length = 0;
    desk.tell(fact({ labels: of('new') }));
    desk.pass(2);
    expect(desk.sent.at(-1)).toMatchObject({ kind: 'firing', alerts: [{ labels: { app: 'new' } }] });
  });
});
