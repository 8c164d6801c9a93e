import { printDuration } from '../duration';
import type { Analyse } from './argo-analysis';
import type { CanarySpec } from './argo-schema';
import { durationOf, secondsIn } from './durations';
import type { ForeignObject } from './foreign-object';
import type { Router } from './platform-draft';
import type { ImportReport } from './report';
import { decides, lengthOf, together, type Watch, watchFields } from './watch';
import type { CanaryStep, workflowOf } from './workflow-draft';

type StageFields = Parameters<typeof workflowOf>[3];
type Step = NonNullable<CanarySpec['steps']>[number];

interface Steps {
  readonly steps: readonly CanaryStep[];
  /** Of the analyses that are steps themselves. */
  readonly watches: readonly Watch[];
}

/** The strategy `canary`; without steps it is what Kubernetes calls a rolling update. */
export function canaryStage(
  spec: CanarySpec,
  object: ForeignObject,
  report: ImportReport,
  analyse: Analyse,
): { readonly stage: StageFields; readonly router: Router } {
  const { analysis } = spec;
  const background = analysis ? analyse(analysis, ['canary', 'analysis']) : null;
  const router = routerOf(spec, object, report);
  const written = spec.steps ?? [];
  if (written.length === 0) {
    const watch = together(background ? [background] : []);
    return { router, stage: { strategy: 'rolling', asksFirst: false, ...watchFields(watch) } };
  }
  const runs = background !== null && decides(background);
  const reader = new StepReader(spec, runs ? (analysis?.startingStep ?? 0) : Number.POSITIVE_INFINITY, object, report);
  const { steps, watches } = reader.read(written, analyse);
  const watch = withinSteps(together([...(background ? [background] : []), ...watches]), steps, object, report);
  const delay = spec.scaleDownDelaySeconds;
  const strategy = {
    canary: { steps: [...steps], ...(delay === undefined ? {} : { retire_after: printDuration(delay) }) },
  };
  return { router, stage: { strategy, asksFirst: false, ...watchFields(watch) } };
}

/** An analysis takes at least one sample: an interval longer than a step would make the step that long. */
function withinSteps(watch: Watch, steps: readonly CanaryStep[], object: ForeignObject, report: ImportReport): Watch {
  const lengths = steps.flatMap((step) => ('analyze' in step ? (secondsIn(step.analyze) ?? []) : []));
  const shortest = Math.min(...lengths);
  if (watch.intervalSeconds === null || watch.intervalSeconds <= shortest) return watch;
  report.unsupported(
    { object, path: ['spec', 'strategy', 'canary', 'steps'] },
    `an interval of ${printDuration(watch.intervalSeconds)} is longer than a step: it is measured more often`,
    'say interval in monitoring, and let every step take as long',
  );
  return { ...watch, intervalSeconds: null };
}

class StepReader {
  private reached = 0;

  constructor(
    private readonly spec: CanarySpec,
    /** From this step on the background analysis watches: a pause in it is an analysis of that length. */
    private readonly watchedFrom: number,
    private readonly object: ForeignObject,
    private readonly report: ImportReport,
  ) {}

  read(written: readonly Step[], analyse: Analyse): Steps {
    const watches: Watch[] = [];
    const asked = new Set<string>();
    const steps = written.flatMap((step, index): readonly CanaryStep[] => {
      if (step.analysis) {
        const watch = analyse(step.analysis, ['canary', 'steps', index, 'analysis']);
        watches.push(watch);
        if (decides(watch)) asked.add(JSON.stringify([watch.criteria, watch.triggers]));
        if (decides(watch) && asked.size > 1) {
          const message = 'a stage watches one set of conditions: those of this analysis hold in the other ones too';
          this.tell([index, 'analysis'], message, 'deploy by two stages where they must differ');
        }
        return [this.analysed(watch, index)];
      }
      if (step.setWeight !== undefined) return this.weight(step.setWeight, index);
      if (step.pause !== undefined) return this.paused(step.pause?.duration, index);
      return this.foreign(step, index);
    });
    if (steps.length > 0) return { steps, watches };
    return { steps: [{ weight: 100 }], watches };
  }

  private weight(written: number, index: number): readonly CanaryStep[] {
    const weight = Math.round((written * 10_000) / (this.spec.trafficRouting?.maxTrafficWeight ?? 100)) / 100;
    if (weight > this.reached && weight <= 100) {
      this.reached = weight;
      return [{ weight }];
    }
    const message = `a weight of ${weight} does not come after ${this.reached}: the step is left out`;
    this.tell([index, 'setWeight'], message, 'let weights grow, up to 100; the way back is the rollback');
    return [];
  }

  private paused(written: string | number | undefined, index: number): readonly CanaryStep[] {
    if (written === undefined) {
      if (index >= this.watchedFrom) {
        const message = 'while a person is waited for, nothing is watched';
        this.tell([index, 'pause'], message, 'write { analyze: 10m } before it');
      }
      return [{ pause: {} }];
    }
    const duration = durationOf(written);
    if (duration === null) {
      this.tell([index, 'pause', 'duration'], `"${written}" is no time to wait: the step is left out`, 'pause: 30s');
      return [];
    }
    return [index >= this.watchedFrom ? { analyze: duration } : { pause: duration }];
  }

  private analysed(watch: Watch, index: number): CanaryStep {
    if (decides(watch)) return { analyze: lengthOf(watch) };
    const message = 'nothing of this analysis can be watched: a person is asked in its place';
    this.tell([index, 'analysis'], message, 'write conditions, and { analyze: 10m } for the step');
    return { approve: {} };
  }

  /** An experiment or a plugin can end a rollout, so that nothing may go on in its place by itself. */
  private foreign({ experiment, plugin }: Step, index: number): readonly CanaryStep[] {
    const word = experiment !== undefined ? 'experiment' : plugin !== undefined ? 'plugin' : null;
    if (word === null) return [];
    const message = `"${word}" has no counterpart: a person is asked in its place`;
    const remedy =
      word === 'experiment'
        ? 'say rollback_threshold of the environment: its judge compares the release with the one before'
        : 'run it as a command in a stage of its own';
    this.tell([index, word], message, remedy);
    return [{ approve: {} }];
  }

  private tell(path: readonly (string | number)[], message: string, remedy: string): void {
    this.report.unsupported(
      { object: this.object, path: ['spec', 'strategy', 'canary', 'steps', ...path] },
      message,
      remedy,
    );
  }
}

const gatewayPlugin = 'argoproj-labs/gatewayAPI';

/** What moves the traffic; the names of routes and services are found by the target. */
function routerOf({ trafficRouting }: CanarySpec, object: ForeignObject, report: ImportReport): Router {
  const { istio, nginx, plugins = {} } = trafficRouting ?? {};
  const found: Router =
    istio !== undefined ? 'istio' : nginx !== undefined ? 'nginx' : gatewayPlugin in plugins ? 'gateway' : null;
  const path = ['spec', 'strategy', 'canary', 'trafficRouting'];
  const tell = (field: readonly string[], message: string, remedy: string) =>
    report.unsupported({ object, path: [...path, ...field] }, message, remedy);
  const remedy = 'keep the route in the manifests: the target finds it by the Service of the app';
  for (const [field, value] of Object.entries({ istio, nginx })) {
    if (value !== undefined) tell([field], `of "${field}" only the router is taken over`, remedy);
  }
  for (const name of Object.keys(plugins)) {
    if (name === gatewayPlugin) tell(['plugins', name], 'of the HTTPRoute only the router is taken over', remedy);
    else
      tell(
        ['plugins', name],
        `"${name}" has no counterpart`,
        'router of the cluster: auto, gateway, istio, nginx or replicas',
      );
  }
  return found;
}
