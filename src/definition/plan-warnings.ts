import { parseDuration, printDuration } from './duration';
import { at } from './findings';
import type { NormalStage } from './normal-stage';
import type { AnalysisPlan, ReleasePlan, StagePlan } from './release-plan';
import type { Fault } from './source-map';

/** What a plan does that its author may not expect. */
export function planWarnings(
  stages: readonly NormalStage[],
  { app, timeScale, stages: plans }: Omit<ReleasePlan, 'hash'>,
): readonly Fault[] {
  return stages.flatMap((stage) => {
    const analyses = analysesOf(plans.find(({ name }) => name === stage.spec.name));
    return [
      ...(app.metrics === null ? blindness(stage, analyses, app.name) : []),
      ...lengthening(stage, analyses, timeScale),
    ];
  });
}

function analysesOf(plan: StagePlan | undefined): readonly AnalysisPlan[] {
  return (plan?.deployment?.steps ?? []).flatMap((step) => (step.kind === 'analyze' ? [step.analysis] : []));
}

function blindness(stage: NormalStage, analyses: readonly AnalysisPlan[], app: string): Fault[] {
  if (analyses.length === 0) return [];
  const message = `"${stage.spec.name}" is watched, and app ${app} serves no metrics: its analyses cannot be told`;
  return [{ path: at(stage, 'environment'), message, expected: 'metrics in the manifest of the app' }];
}

/** A judge needs its points, whatever was written. */
function lengthening(stage: NormalStage, analyses: readonly AnalysisPlan[], timeScale: number): Fault[] {
  const { monitoring, validation } = stage.spec;
  const asked = [monitoring?.duration, validation?.duration].flatMap((text) => parseDuration(text ?? '') ?? []);
  const judged = analyses.findLast(({ judge }) => judge !== null);
  if (asked.length === 0 || !judged || timeScale !== 1) return [];
  const longest = Math.max(...asked);
  if (judged.durationSeconds <= longest) return [];
  const field = monitoring?.duration === undefined ? 'validation' : 'monitoring';
  const message = `the judge of rollback_threshold needs ${printDuration(judged.durationSeconds)} at this interval: that long it watches, and not ${printDuration(longest)}`;
  return [{ path: at(stage, field, 'duration'), message }];
}
