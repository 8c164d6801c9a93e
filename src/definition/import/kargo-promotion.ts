import { type ImportContext, readReferred, refer } from './context';
import type { ForeignObject } from './foreign-object';
import { stepRemedy, taskRemedies } from './kargo-remedies';
import { type KargoStageSpec, type KargoStep, taskSpec } from './kargo-schema';
import type { Place } from './report';

/** Steps at which Kargo waits for a person. */
const waitsForPerson = ['git-wait-for-pr'];

/**
 * Tells of each step of a promotion: a stage of ours deploys by digest, whatever the steps would have done.
 * True where one of them waits until a person has merged something.
 */
export function readPromotion(object: ForeignObject, spec: KargoStageSpec, context: ImportContext): boolean {
  const steps = spec.promotionTemplate?.spec.steps ?? [];
  return tellOfSteps(steps, { object, path: ['spec', 'promotionTemplate', 'spec', 'steps'] }, context);
}

function tellOfSteps(steps: readonly KargoStep[], { object, path }: Place, context: ImportContext): boolean {
  const waits = steps.map((step, index): boolean => {
    const place = { object, path: [...path, index] };
    const { uses, task } = step;
    if (task) return inTask(task, place, context);
    if (uses === undefined) {
      context.report.unsupported(place, 'a step without uses and task is left out', 'leave it out');
      return false;
    }
    context.report.unsupported(place, `"${uses}" is not run`, stepRemedy(uses));
    return waitsForPerson.includes(uses);
  });
  return waits.includes(true);
}

function inTask(task: NonNullable<KargoStep['task']>, place: Place, context: ImportContext): boolean {
  const isShared = task.kind === 'ClusterPromotionTask';
  const namespace = isShared ? null : place.object.namespace;
  const where = { ...place, path: [...place.path, 'task', 'name'] };
  const object = refer(context, isShared ? task.kind : 'PromotionTask', task.name, namespace, where);
  // A task holds no tasks: one that does would be read without end.
  if (!object || object === place.object) return false;
  const spec = readReferred(context, taskSpec, object, taskRemedies);
  return (
    spec !== null &&
    tellOfSteps(
      spec.steps.filter((step) => !step.task),
      { object, path: ['spec', 'steps'] },
      context,
    )
  );
}
