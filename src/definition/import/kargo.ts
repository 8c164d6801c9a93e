import { printDuration } from '../duration';
import { apiVersion } from '../schema/document';
import { templatesOf, watchOfTemplates } from './argo-analysis';
import { type ImportContext, monitoringOf, withStage } from './context';
import { secondsIn } from './durations';
import {
  deploys,
  type KargoStage,
  tellOfCycle,
  tellOfOrigins,
  tellOfRequests,
  type Upstream,
  upstreamsOf,
} from './kargo-order';
import { type IsAutomatic, policiesOf } from './kargo-policies';
import { readPromotion } from './kargo-promotion';
import { stageRemedies } from './kargo-remedies';
import { stageSpec } from './kargo-schema';
import { readFields } from './read-fields';
import { decides, emptyWatch, together, type Watch, watchFields } from './watch';
import {
  buildStage,
  cutName,
  type EnvironmentDocument,
  type StageDocument,
  shortName,
  type WorkflowDocument,
} from './workflow-draft';

/** The name of a workflow whose stages name no project. */
const namelessProject = 'kargo';

/** The stages of each project as one workflow: an environment and a stage for each that deploys. */
export function importKargo(context: ImportContext): readonly WorkflowDocument[] {
  const stages = context.objects
    .filter(({ group, kind }) => group === 'kargo.akuity.io' && kind === 'Stage')
    .flatMap((object): readonly KargoStage[] => {
      const spec = readFields(stageSpec, object, stageRemedies, context.report);
      return spec ? [{ object, spec }] : [];
    });
  const projects = [...new Set(stages.map(({ object }) => object.namespace))];
  return projects.flatMap((project) => {
    const own = stages.filter(({ object }) => object.namespace === project);
    return own.some(deploys) ? [importProject(project, own, context)] : nothingDeploys(own, context);
  });
}

function nothingDeploys(stages: readonly KargoStage[], { report }: ImportContext): readonly WorkflowDocument[] {
  for (const { object } of stages) {
    report.error(
      { object, path: ['spec'] },
      'no stage of the project promotes anything',
      'promotionTemplate with steps',
    );
  }
  return [];
}

function importProject(
  project: string | null,
  stages: readonly KargoStage[],
  context: ImportContext,
): WorkflowDocument {
  const isAutomatic = policiesOf(project, context);
  tellOfCycle(stages, context.report);
  tellOfOrigins(stages, context.report);
  for (const stage of stages) tellOfRequests(stage, stages, context.report);
  const imported = stages.filter(deploys).map((stage) => importStage(stage, stages, isAutomatic, context));
  for (const stage of stages) {
    if (deploys(stage) || !stage.spec.verification) continue;
    const place = { object: stage.object, path: ['spec', 'verification'] };
    const message = 'the stage deploys nothing, so that there is nothing to verify';
    context.report.unsupported(place, message, 'verify it in the stages that deploy');
  }
  return {
    apiVersion,
    kind: 'ProductionWorkflow',
    metadata: { name: project ?? namelessProject, ...(project === null ? {} : { namespace: project }) },
    spec: {
      environments: Object.fromEntries(imported.map(({ name, environment }) => [name, environment])),
      pipeline_stages: [buildStage, ...imported.map(({ stage }) => stage)],
    },
  };
}

interface ImportedStage {
  readonly name: string;
  readonly environment: EnvironmentDocument;
  readonly stage: StageDocument;
}

function importStage(
  stage: KargoStage,
  stages: readonly KargoStage[],
  isAutomatic: IsAutomatic,
  shared: ImportContext,
): ImportedStage {
  const context = withStage(shared);
  const { object, spec } = stage;
  const { report, platform } = context;
  const name = cutName(object.name);
  const watch = verificationOf(stage, context);
  const loses = spec.verification !== undefined && !decides(watch);
  const followers = stages.filter(deploys).flatMap((other) =>
    upstreamsOf(other, stages)
      .filter((one) => one.stage === stage)
      .map((one) => ({ ...one, other })),
  );
  const soaked = soak(watch, followers, context);
  const upstream = upstreamsOf(stage, stages).map((one) => one.stage.object.name);
  const waits = readPromotion(object, spec, context);
  // Whoever promotes by hand into a first stage is who starts the run.
  const asks = waits || (upstream.length > 0 && !isAutomatic(object));
  if (upstream.length === 0 && isAutomatic(object)) {
    const place = { object, path: ['spec', 'requestedFreight', 0, 'sources', 'direct'] };
    const remedy = 'let the pipeline that makes an artifact call f0 run, or a webhook of the console';
    report.unsupported(place, 'new freight starts no run by itself', remedy);
  }
  const goesOn = followers.length > 0 && followers.every(({ other }) => isAutomatic(other.object));
  const cluster = platform.cluster(name, null);
  const where = 'Kargo does not know where the stage runs';
  report.unsupported(
    { object, path: ['metadata', 'name'] },
    where,
    `set context and namespace of cluster ${cluster} in the platform`,
  );
  if (loses) {
    const instead = followers.length === 0 ? 'the release is not verified' : 'a person is asked before what comes next';
    const message = `nothing of the verification can be watched: ${instead}`;
    report.unsupported({ object, path: ['spec', 'verification'] }, message, 'write validation with conditions');
  }
  return {
    name,
    environment: {
      cluster,
      ...monitoringOf(context),
      ...(asks ? { approval_required: true } : {}),
      ...(loses && followers.length > 0 ? { auto_promote: false } : goesOn ? { auto_promote: true } : {}),
    },
    stage: {
      name: shortName(`deploy_${name}`, object, report),
      environment: name,
      requires: upstream.length === 0 ? ['build'] : [...new Set(upstream)].map((one) => cutName(`deploy_${one}`)),
      ...soaked,
    },
  };
}

function verificationOf({ object, spec }: KargoStage, context: ImportContext): Watch {
  const { verification } = spec;
  if (!verification) return emptyWatch;
  const references = verification.analysisTemplates.map(({ name, kind }) => ({
    templateName: name,
    clusterScope: kind === 'ClusterAnalysisTemplate',
  }));
  const path = ['spec', 'verification'];
  const templates = templatesOf(references, { object, path: [...path, 'analysisTemplates'] }, object, context, []);
  return watchOfTemplates(templates, verification.args, { object, path: [...path, 'args'] }, [], context);
}

/** The longest time that the stages after this one ask for; as a validation, else as a pause with all of the traffic. */
function soak(
  watch: Watch,
  followers: readonly Upstream[],
  { report }: ImportContext,
): Pick<StageDocument, 'strategy' | 'validation' | 'monitoring'> {
  const asked = followers.flatMap(({ soak: text, place }) => {
    if (text === null) return [];
    const seconds = secondsIn(text);
    if (seconds === null) report.unsupported(place, `"${text}" is no time to stay`, 'validation with a duration');
    return seconds ? [{ seconds, place }] : [];
  });
  const seconds = Math.max(0, ...asked.map((one) => one.seconds));
  for (const one of asked) {
    if (one.seconds === seconds) continue;
    const message = `another stage asks for ${printDuration(seconds)}: the release stays that long for both`;
    report.unsupported(one.place, message, 'write a workflow of its own for the short way');
  }
  if (seconds === 0) return watchFields(watch);
  if (decides(watch)) return watchFields(together([watch, { ...emptyWatch, seconds }]));
  for (const { place } of asked) {
    const message = 'the stage before pauses for this time with all of the traffic, and nothing is watched';
    report.unsupported(place, message, 'write validation with conditions: it watches for its duration');
  }
  return {
    strategy: { canary: { steps: [{ weight: 100 }, { pause: printDuration(seconds) }] } },
    ...watchFields(watch),
  };
}
