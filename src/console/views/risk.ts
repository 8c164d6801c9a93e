import type { VerdictReason } from '../../contracts/analysis';
import type { DeployedRelease, EnvironmentStatus } from '../../contracts/status';
import type { DeploymentPlan } from '../../definition/release-plan';
import type { Risk } from '../api';

export interface RiskFacts {
  readonly app: string;
  readonly release: string;
  /** What the stage would deploy; null: it deploys nothing. */
  readonly deployment: DeploymentPlan | null;
  /** What is known of the environment; null: nothing was ever deployed there. */
  readonly environment: EnvironmentStatus | null;
  /** What was found in the stages before. */
  readonly evidence: readonly VerdictReason[];
  readonly firingAlerts: number;
}

/** What a point weighs: 1 is worth a look, 2 alone a talk, 4 alone makes it high. */
interface Point {
  readonly weight: 1 | 2 | 4;
  readonly text: string;
}

const mediumFrom = 2;
const highFrom = 4;

/** Adds up what people would ask before they let a release through. Pure; each point says why it is there. */
export function riskOf(facts: RiskFacts): Risk {
  const points = [...evidencePoints(facts), ...placePoints(facts), ...planPoints(facts)];
  const sum = points.reduce((total, { weight }) => total + weight, 0);
  const level = sum >= highFrom ? 'high' : sum >= mediumFrom ? 'medium' : 'low';
  return { level, points: [...points].sort((a, b) => b.weight - a.weight).map(({ text }) => text) };
}

/** A trigger or an alert speaks against a release when it is true, a criterion when it is false. */
export function speaksAgainst({ kind, outcome }: VerdictReason): boolean {
  if (kind === 'criterion' || kind === 'judge') return outcome === 'false';
  return kind === 'data' ? false : outcome === 'true';
}

function evidencePoints({ evidence, deployment }: RiskFacts): Point[] {
  const bad = evidence.filter(speaksAgainst);
  const unknown = evidence.filter(({ outcome }) => outcome === 'unknown');
  return [
    ...(bad.length > 0 ? [point(4, `it has shown a fault before: ${bad[0]?.message}`)] : []),
    ...(evidence.length === 0 && deployment ? [point(2, 'nothing was measured in the stages before')] : []),
    ...(unknown.length > 0 ? [point(1, `${unknown.length} of ${evidence.length} figures could not be told`)] : []),
  ];
}

function placePoints({ app, release, deployment, environment, firingAlerts }: RiskFacts): Point[] {
  if (!deployment) return [];
  const name = deployment.environment;
  const stable = servingOf(environment, app);
  const rejected = environment?.rejected.find((one) => one.app === app && one.release === release);
  return [
    ...(rejected ? [point(4, `it was rolled back in ${name} before: ${rejected.reason}`)] : []),
    ...(firingAlerts > 0 ? [point(2, `${firingAlerts} alert(s) fire in ${name} now`)] : []),
    ...(environment && environment.freezes.length > 0
      ? [point(2, `${name} is frozen: ${environment.freezes[0]?.reason}`)]
      : []),
    ...(stable ? [] : [point(2, `nothing serves in ${name} yet: there is nothing to go back to`)]),
    ...(stable && !stable.verified
      ? [point(1, `${stable.release}, which a rollback would go to, has not passed an analysis`)]
      : []),
  ];
}

function planPoints({ deployment }: RiskFacts): Point[] {
  if (!deployment) return [];
  const isWatched = deployment.steps.some(({ kind }) => kind === 'analyze') || deployment.guardian !== null;
  const first = deployment.steps.find((step) => step.kind === 'weight');
  const allAtOnce = deployment.strategy !== 'recreate' && first?.kind === 'weight' && first.weight === 100;
  return [
    ...(isWatched ? [] : [point(2, 'nothing watches it once it serves: a fault would be found by users')]),
    ...(deployment.strategy === 'recreate'
      ? [point(2, 'the old release is stopped first: users see an interruption')]
      : []),
    ...(allAtOnce ? [point(1, 'all traffic moves at once')] : []),
  ];
}

/** What serves of an app; where there are regions, the one that changed first: the oldest is the furthest to go. */
export function servingOf(environment: EnvironmentStatus | null, app: string): DeployedRelease | null {
  const ofApp = (environment?.serving ?? []).filter((one) => one.app === app);
  return [...ofApp].sort((a, b) => a.at.localeCompare(b.at))[0] ?? null;
}

function point(weight: Point['weight'], text: string): Point {
  return { weight, text };
}
