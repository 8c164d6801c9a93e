import fc from 'fast-check';
import { RRule } from 'rrule';
import { type FreezeWindow, freezeAt } from '../../src/definition';
import { recurrenceFault } from '../../src/definition/recurrence';

const once: FreezeWindow = {
  name: 'launch',
  reason: 'the launch',
  environments: ['production'],
  start: '2026-03-01T10:00:00Z',
  durationSeconds: 3600,
  rrule: null,
};
// Fridays from 16:00 for 64 hours: a weekend.
const weekend: FreezeWindow = {
  ...once,
  name: 'weekend',
  start: '2026-01-02T16:00:00Z',
  durationSeconds: 64 * 3600,
  rrule: 'FREQ=WEEKLY;BYDAY=FR',
};

describe('freezeAt', () => {
  const cases = [
    { name: 'not before it starts', at: '2026-03-01T09:59:59.999Z', until: null },
    { name: 'from its first instant', at: '2026-03-01T10:00:00Z', until: '2026-03-01T11:00:00.000Z' },
    { name: 'to its last', at: '2026-03-01T10:59:59.999Z', until: '2026-03-01T11:00:00.000Z' },
    { name: 'not at its end', at: '2026-03-01T11:00:00Z', until: null },
    { name: 'at an instant of another zone', at: '2026-03-01T12:30:00+02:00', until: '2026-03-01T11:00:00.000Z' },
  ];
  it.each(cases)('holds once, $name', ({ at, until }) => {
    expect(freezeAt([once], 'production', at)?.until ?? null).toBe(until);
  });

  it('holds only the environments it names, or all where it names none', () => {
    expect(freezeAt([once], 'staging', '2026-03-01T10:30:00Z')).toBeNull();
    expect(freezeAt([{ ...once, environments: [] }], 'staging', '2026-03-01T10:30:00Z')).not.toBeNull();
  });

  const weekends = [
    { name: 'on a Friday evening a year later', at: '2027-01-08T20:00:00Z', until: '2027-01-11T08:00:00.000Z' },
    { name: 'early on a Monday', at: '2026-01-12T07:59:00Z', until: '2026-01-12T08:00:00.000Z' },
    { name: 'not on a Monday at nine', at: '2026-01-12T09:00:00Z', until: null },
    { name: 'not before the first one', at: '2026-01-01T12:00:00Z', until: null },
  ];
  it.each(weekends)('holds again and again, $name', ({ at, until }) => {
    expect(freezeAt([weekend], 'production', at)?.until ?? null).toBe(until);
  });

  it('stops recurring where the rule says so', () => {
    const twice = { ...weekend, rrule: 'FREQ=WEEKLY;COUNT=2' };

    expect(freezeAt([twice], 'production', '2026-01-09T17:00:00Z')).not.toBeNull();
    expect(freezeAt([twice], 'production', '2026-01-16T17:00:00Z')).toBeNull();
  });

  it('holds as its rule says, however long ago it began', () => {
    // The rule by itself, gone through from its start, is what the shortcut must agree with.
    const rules = [
      'FREQ=DAILY;INTERVAL=3',
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU',
      'FREQ=DAILY;BYMONTH=12',
      'FREQ=DAILY;UNTIL=20270101T000000Z',
    ];
    const start = new Date('2026-01-02T16:00:00Z');
    const instants = fc.date({ min: start, max: new Date('2029-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(fc.constantFrom(...rules), instants, fc.integer({ min: 1, max: 40 }), (rrule, now, hours) => {
        const last = new RRule({ ...RRule.parseString(rrule), dtstart: start }).before(now, true);
        const end = last === null ? null : last.getTime() + hours * 3_600_000;
        const window = { ...weekend, rrule, durationSeconds: hours * 3600 };

        const until = freezeAt([window], 'production', now.toISOString())?.until ?? null;

        expect(until).toBe(end !== null && end > now.getTime() ? new Date(end).toISOString() : null);
      }),
      { numRuns: 60 },
    );
  });

  it('names the window that ends last of several', () => {
    const long = { ...once, name: 'audit', reason: 'auditors', durationSeconds: 7200 };

    expect(freezeAt([long, once], 'production', '2026-03-01T10:30:00Z')).toEqual({
      name: 'audit',
      reason: 'auditors',
      until: '2026-03-01T12:00:00.000Z',
    });
  });

  it('always says an end that is still to come', () => {
    const instants = fc.date({ min: new Date('2025-01-01'), max: new Date('2035-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(
        instants,
        fc.constantFrom('FREQ=DAILY', 'FREQ=WEEKLY;BYDAY=MO,FR', 'FREQ=MONTHLY'),
        (instant, rrule) => {
          const freeze = freezeAt([{ ...weekend, rrule }], 'production', instant.toISOString());

          expect(freeze === null || Date.parse(freeze.until) > instant.getTime()).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('recurrenceFault', () => {
  it.each(['FREQ=WEEKLY;BYDAY=FR', 'RRULE:FREQ=YEARLY', 'FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3'])('accepts %s', (rule) => {
    expect(recurrenceFault(rule, once.start)).toBeNull();
  });

  const faults = [
    ['every friday', 'is not a recurrence rule'],
    ['FREQ=FRIDAYS', 'is not a recurrence rule'],
    ['FREQ=SECONDLY', 'more often than daily'],
    ['FREQ=HOURLY', 'more often than daily'],
    ['FREQ=DAILY;INTERVAL=0', 'interval'],
    ['DTSTART:20260101T000000Z\nRRULE:FREQ=DAILY', 'two starts'],
  ] as const;
  it.each(faults)('refuses %s', (rule, message) => {
    expect(recurrenceFault(rule, once.start)).toContain(message);
  });
});
