import { printDuration } from '../duration';
import type { Analyse } from './argo-analysis';
import type { BlueGreenSpec } from './argo-schema';
import type { ForeignObject } from './foreign-object';
import type { ImportReport } from './report';
import { decides, together, watchFields } from './watch';
import type { workflowOf } from './workflow-draft';

/** The strategy `blue_green`: analyses watch the new release when it has the traffic. */
export function blueGreenStage(
  spec: BlueGreenSpec,
  object: ForeignObject,
  report: ImportReport,
  analyse: Analyse,
): Parameters<typeof workflowOf>[3] {
  const tell = (field: string, message: string, remedy: string) =>
    report.unsupported({ object, path: ['spec', 'strategy', 'blueGreen', field] }, message, remedy);
  const before = spec.prePromotionAnalysis
    ? analyse(spec.prePromotionAnalysis, ['blueGreen', 'prePromotionAnalysis'])
    : null;
  const after = spec.postPromotionAnalysis
    ? analyse(spec.postPromotionAnalysis, ['blueGreen', 'postPromotionAnalysis'])
    : null;
  let asksFirst = spec.autoPromotionEnabled === false;
  if (asksFirst) {
    const message = 'a person is asked before the new release starts, and not when it stands beside the old one';
    tell('autoPromotionEnabled', message, 'deploy to an environment before this one, where people can look at it');
  }
  if (before && decides(before)) {
    const message = 'its conditions are watched when the traffic has been switched, and not before';
    tell('prePromotionAnalysis', message, 'deploy to an environment before this one, with a validation there');
  } else if (before) {
    asksFirst = true;
    const message = 'nothing of this analysis can be watched: a person is asked before the release starts';
    tell('prePromotionAnalysis', message, 'deploy to an environment before this one, with a validation there');
  }
  if (after && !decides(after)) {
    const message = 'nothing of this analysis can be watched: the release counts as good once it has the traffic';
    tell('postPromotionAnalysis', message, 'write validation with conditions');
  }
  const delay = spec.scaleDownDelaySeconds;
  const watch = together([before, after].flatMap((one) => one ?? []));
  return {
    strategy: delay === undefined ? 'blue_green' : { blue_green: { retire_after: printDuration(delay) } },
    asksFirst,
    ...watchFields(watch),
  };
}
