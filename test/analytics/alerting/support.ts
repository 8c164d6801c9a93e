import {
  advance,
  alertFact,
  emptyAlerting,
  type FactText,
  nextDue,
  takeIn,
  takeMessages,
  takeOutcomes,
} from '../../../src/analytics/alerting';
import type { AlertFact, AlertingConfig, AlertMessage, DeliveryOutcome } from '../../../src/contracts/alerting';
import type { AlertRoute } from '../../../src/definition/alerting-plan';
import type { ChannelPlan } from '../../../src/definition/release-plan';

export const start = Date.parse('2026-03-01T10:00:00.000Z');

export function channelPlan(name: string, type: ChannelPlan['type'] = 'webhook'): ChannelPlan {
  return { name, type, url: null, to: [], from: null, secret: null };
}

export function route(change: Partial<AlertRoute> = {}): AlertRoute {
  return {
    name: 'all',
    matchers: {},
    groupBy: ['environment', 'alertname'],
    groupWaitSeconds: 1,
    groupIntervalSeconds: 30,
    repeatEverySeconds: 3600,
    channels: ['ops'],
    escalate: [],
    goOn: false,
    ...change,
  };
}

export function config(routes: readonly AlertRoute[] = [route()], change: Partial<AlertingConfig['alerting']> = {}) {
  const names = ['ops', 'spare', 'boss'];
  return { channels: names.map((name) => channelPlan(name)), alerting: { routes, inhibit: [], ...change } };
}

export function fact(change: Partial<FactText> = {}): AlertFact {
  return alertFact({
    name: 'error_rate > 5%',
    severity: 'warning',
    labels: { namespace: 'team', environment: 'production', app: 'shop' },
    summary: 'error_rate is 7%',
    state: 'firing',
    at: new Date(start).toISOString(),
    ...change,
  });
}

/** The machine with a clock of its own and channels that a test can break. */
export class Desk {
  readonly state = emptyAlerting();
  readonly sent: (AlertMessage & { readonly after: number })[] = [];
  /** What a channel answers; left out: it takes the message. */
  readonly faults = new Map<string, NonNullable<DeliveryOutcome['failure']>>();
  now = start;

  constructor(readonly config: AlertingConfig) {}

  get iso(): string {
    return new Date(this.now).toISOString();
  }

  tell(...facts: readonly AlertFact[]): void {
    takeIn(this.state, { config: this.config, facts }, this.iso);
    this.turn();
  }

  /** Lets time pass, from one thing that is due to the next. */
  pass(seconds: number): void {
    const end = this.now + seconds * 1000;
    this.turn();
    for (let steps = 0; steps < 10_000; steps += 1) {
      const due = nextDue(this.state);
      if (due === null || Date.parse(due) > end) break;
      this.now = Math.max(this.now, Date.parse(due));
      this.turn();
    }
    this.now = end;
    this.turn();
  }

  turn(): void {
    advance(this.state, this.iso);
    for (;;) {
      const messages = takeMessages(this.state, 'team', this.iso);
      if (messages.length === 0) return;
      const outcomes = messages.map((message): DeliveryOutcome => {
        const failure = this.faults.get(message.channel.name) ?? null;
        if (!failure) this.sent.push({ ...message, after: (this.now - start) / 1000 });
        return { key: message.key, at: this.iso, reference: failure ? null : 'first', failure };
      });
      takeOutcomes(this.state, 'team', outcomes, this.iso);
    }
  }

  /** `firing ops 1` each: kind, channel, seconds since the start. */
  get log(): string[] {
    return this.sent.map(({ kind, channel, after }) => `${kind} ${channel.name} ${after}`);
  }
}

export const down = { code: 'Unavailable', message: 'ops is down', retryable: true, retryAfterSeconds: null } as const;
export const refused = { code: 'InvalidInput', message: 'no', retryable: false, retryAfterSeconds: null } as const;
