import type { Severity } from '../../../contracts/alerts';
import type { Phase } from '../../../contracts/phases';
import type { EstateEnvironment, Risk } from '../../api';
import { Icon, type IconName } from './icons';

export type Tone = 'good' | 'live' | 'wait' | 'bad' | 'still' | 'frost';

interface Look {
  readonly tone: Tone;
  readonly icon: IconName;
  readonly word: string;
}

const unknownLook: Look = { tone: 'still', icon: 'waiting', word: 'unknown' };

const phaseLooks: Readonly<Record<Phase, Look>> = {
  waiting: { tone: 'still', icon: 'waiting', word: 'waiting' },
  running: { tone: 'live', icon: 'running', word: 'running' },
  awaiting_approval: { tone: 'wait', icon: 'awaiting', word: 'awaits approval' },
  paused: { tone: 'wait', icon: 'paused', word: 'paused' },
  succeeded: { tone: 'good', icon: 'succeeded', word: 'succeeded' },
  failed: { tone: 'bad', icon: 'failed', word: 'failed' },
  rolled_back: { tone: 'bad', icon: 'rolledBack', word: 'rolled back' },
  aborted: { tone: 'still', icon: 'aborted', word: 'aborted' },
  skipped: { tone: 'still', icon: 'skipped', word: 'skipped' },
};

const healthLooks: Readonly<Record<EstateEnvironment['health'], Look>> = {
  healthy: { tone: 'good', icon: 'succeeded', word: 'healthy' },
  changing: { tone: 'live', icon: 'running', word: 'changing' },
  frozen: { tone: 'frost', icon: 'frozen', word: 'frozen' },
  degraded: { tone: 'bad', icon: 'degraded', word: 'degraded' },
  empty: { tone: 'still', icon: 'empty', word: 'empty' },
};

const severityLooks: Readonly<Record<Severity, Look>> = {
  critical: { tone: 'bad', icon: 'critical', word: 'critical' },
  warning: { tone: 'wait', icon: 'degraded', word: 'warning' },
  info: { tone: 'live', icon: 'info', word: 'info' },
};

const riskLooks: Readonly<Record<Risk['level'], Look>> = {
  low: { tone: 'good', icon: 'verified', word: 'low risk' },
  medium: { tone: 'wait', icon: 'degraded', word: 'medium risk' },
  high: { tone: 'bad', icon: 'critical', word: 'high risk' },
};

const outcomeLooks = {
  holds: { tone: 'good', icon: 'succeeded', word: 'holds' },
  breached: { tone: 'bad', icon: 'failed', word: 'breached' },
  unknown: { tone: 'wait', icon: 'waiting', word: 'not known' },
} as const satisfies Record<string, Look>;

export const phaseLook = (phase: Phase | null): Look => (phase === null ? unknownLook : phaseLooks[phase]);
export const healthLook = (health: EstateEnvironment['health']): Look => healthLooks[health];

export function Badge({ look, bare = false }: { readonly look: Look; readonly bare?: boolean }) {
  return (
    <span className={bare ? `badge bare tone-${look.tone}` : `badge tone-${look.tone}`}>
      <Icon name={look.icon} spin={look.icon === 'running'} />
      {look.word}
    </span>
  );
}

export const PhaseBadge = ({ phase, bare }: { readonly phase: Phase | null; readonly bare?: boolean }) => (
  <Badge look={phaseLook(phase)} bare={bare ?? false} />
);
export const HealthBadge = ({ health }: { readonly health: EstateEnvironment['health'] }) => (
  <Badge look={healthLooks[health]} />
);
export const SeverityBadge = ({ severity }: { readonly severity: Severity }) => (
  <Badge look={severityLooks[severity]} />
);
export const RiskBadge = ({ level }: { readonly level: Risk['level'] }) => <Badge look={riskLooks[level]} />;
export const OutcomeBadge = ({ outcome }: { readonly outcome: keyof typeof outcomeLooks }) => (
  <Badge look={outcomeLooks[outcome]} bare />
);
