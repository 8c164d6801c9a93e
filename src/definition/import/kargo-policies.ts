import type { ImportContext } from './context';
import { type ForeignObject, isFields } from './foreign-object';
import { projectRemedies } from './kargo-remedies';
import { type KargoPolicy, projectSpec } from './kargo-schema';
import { readFields } from './read-fields';

/** Whether freight comes into a stage without a person; by default it does not. */
export type IsAutomatic = (stage: ForeignObject) => boolean;

interface PlacedPolicy {
  readonly policy: KargoPolicy;
  readonly owner: ForeignObject;
}

/** The policies of a project: those of its ProjectConfig, and of the Project itself in older versions. */
export function policiesOf(project: string | null, context: ImportContext): IsAutomatic {
  const { objects, used, report } = context;
  const policies = objects.flatMap((object): readonly PlacedPolicy[] => {
    if (object.group !== 'kargo.akuity.io' || !['Project', 'ProjectConfig'].includes(object.kind)) return [];
    if (project !== null && (object.namespace ?? object.name) !== project) return [];
    used.add(object);
    // A Project without settings has no spec.
    const raw = isFields(object.raw.spec) ? object : { ...object, raw: { ...object.raw, spec: {} } };
    const spec = readFields(projectSpec, raw, projectRemedies, report);
    return (spec?.promotionPolicies ?? []).map((policy) => ({ policy, owner: object }));
  });
  return (stage) => policies.some(({ policy }) => policy.autoPromotionEnabled && applies(policy, stage));
}

function applies({ stage: name, stageSelector }: KargoPolicy, stage: ForeignObject): boolean {
  if (stageSelector === undefined) return name === stage.name;
  const { name: pattern, matchLabels } = stageSelector;
  const labels = Object.entries(matchLabels);
  if (pattern === undefined && labels.length === 0) return false;
  return (
    (pattern === undefined || fits(stage.name, pattern)) && labels.every(([key, value]) => stage.labels[key] === value)
  );
}

/** An exact name, `glob:` or `regex:`. A pattern that cannot be read fits nothing: a person is asked then. */
function fits(name: string, pattern: string): boolean {
  if (pattern.startsWith('regex:')) return matches(name, pattern.slice('regex:'.length));
  if (!pattern.startsWith('glob:')) return name === pattern;
  const glob = pattern.slice('glob:'.length).replace(/[.+^${}()|\\]/g, '\\$&');
  return matches(name, `^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}

function matches(name: string, pattern: string): boolean {
  try {
    return new RegExp(pattern).test(name);
  } catch {
    return false;
  }
}
