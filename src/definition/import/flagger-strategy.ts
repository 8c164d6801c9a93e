import type { FlaggerAnalysis, WebhookType } from './flagger-schema';
import type { CanaryStep, StageDocument } from './workflow-draft';

/** Checks of a Canary that asks for blue-green without saying how many, as Flagger does for the provider `kubernetes`. */
const defaultIterations = 10;
const whole = 100;

/** How many checks a blue-green deployment or an A/B test has; 0: it is a canary. */
export function iterationsOf({ iterations }: FlaggerAnalysis, provider: string | undefined): number {
  return iterations === 0 && provider === 'kubernetes' ? defaultIterations : iterations;
}

/**
 * The weights that Flagger goes through. A step may go past `maxWeight`: it adds the last one while the weight is below.
 */
export function weightsOf({ stepWeight, stepWeights, maxWeight }: FlaggerAnalysis): readonly number[] {
  if (stepWeight === 0) return growing(stepWeights);
  const end = maxWeight === 0 ? whole : Math.min(maxWeight, whole);
  const count = Math.ceil(end / stepWeight);
  return Array.from({ length: count }, (_, index) => Math.min((index + 1) * stepWeight, whole));
}

function growing(weights: readonly number[]): readonly number[] {
  return weights.filter((weight, index) => weight > Math.max(0, ...weights.slice(0, index)) && weight <= whole);
}

/** A check after each weight, and the approvals that the hooks confirm. */
export function canaryStrategy(
  weights: readonly number[],
  interval: string,
  isWatched: boolean,
  hooks: ReadonlySet<WebhookType>,
): StageDocument['strategy'] {
  const confirm = (type: WebhookType): readonly CanaryStep[] => (hooks.has(type) ? [{ approve: {} }] : []);
  const check: CanaryStep = isWatched ? { analyze: interval } : { pause: interval };
  const steps = weights.flatMap((weight): readonly CanaryStep[] => [
    ...confirm('confirm-traffic-increase'),
    { weight },
    check,
  ]);
  const last: readonly CanaryStep[] = weights.at(-1) === whole ? [] : [{ weight: whole }];
  return { canary: { steps: [...steps, ...confirm('confirm-promotion'), ...last] } };
}
