import { secondsOf } from './duration';
import { planAnalysis, type WatchSpec } from './plan-analysis';
import type { DeploymentPlan, RegionPlan, SoakStep, UnreachablePlan, WavePlan } from './release-plan';
import type { EnvironmentSpec, RegionSpec } from './schema/production-workflow';
import type { TimeScale } from './time-scale';

/** Seconds. A minute rides out a restart of an API server; whoever says `wait` means an outage. */
const defaultUnreachableAfter: Readonly<Record<UnreachablePlan['policy'], number>> = { skip: 60, fail: 60, wait: 3600 };

type Regions = Required<Pick<DeploymentPlan, 'waves' | 'unreachable'>>;

/** The waves of an environment; null: it is one cluster. The check has seen to it that each region is in one wave. */
export function planRegions(
  environment: EnvironmentSpec,
  watch: WatchSpec,
  scale: TimeScale,
  planRegion: (name: string, spec: RegionSpec) => RegionPlan,
): Regions | null {
  const { regions, on_unreachable: policy = 'fail' } = environment;
  if (regions === undefined) return null;
  const waves = environment.waves ?? [{ regions: Object.keys(regions), max_parallel: 1, soak: undefined }];
  return {
    waves: waves.map(
      (wave): WavePlan => ({
        regions: wave.regions.flatMap((name) => {
          const spec = regions[name];
          return spec ? [planRegion(name, spec)] : [];
        }),
        maxParallel: wave.max_parallel,
        soak: wave.soak === undefined ? null : planSoak(secondsOf(wave.soak, 0), watch, scale),
      }),
    ),
    unreachable: {
      policy,
      afterSeconds: scale.progressDeadline(secondsOf(environment.unreachable_after, defaultUnreachableAfter[policy])),
    },
  };
}

/**
 * What the stage watches, for as long as the soak lasts. Without the judge: the release before gets no traffic any more
 * when a wave is done, so there is nothing to compare with.
 */
function planSoak(seconds: number, watch: WatchSpec, scale: TimeScale): SoakStep {
  const durationSeconds = scale.plain(seconds);
  const analysis = planAnalysis(watch, scale);
  if (!analysis || (analysis.triggers.length === 0 && analysis.criteria.length === 0)) {
    return { kind: 'pause', durationSeconds };
  }
  const longEnough = Math.max(durationSeconds, analysis.intervalSeconds);
  return { kind: 'analyze', analysis: { ...analysis, name: 'soak', durationSeconds: longEnough, judge: null } };
}
