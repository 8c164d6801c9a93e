import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ImportResult, importDocuments, loadDocuments } from '../../../src/definition';

const folder = join(__dirname, 'fixtures');

export const fixtures = readdirSync(folder).sort();

export function fixture(file: string) {
  return { file, text: readFileSync(join(folder, file), 'utf8') };
}

/** An import without errors, whose documents hold. */
export function imported(...files: readonly { readonly file: string; readonly text: string }[]): ImportResult {
  const result = importDocuments(files);
  expect(result.errors).toEqual([]);
  expect(loadDocuments([{ file: 'imported.yaml', text: result.text }])).toMatchObject({ errors: [], warnings: [] });
  return result;
}

type Workflow = Extract<ImportResult['documents'][number], { kind: 'ProductionWorkflow' }>;
type Platform = Extract<ImportResult['documents'][number], { kind: 'ProductionPlatform' }>;

export function workflows({ documents }: ImportResult): readonly Workflow[] {
  return documents.filter((document): document is Workflow => document.kind === 'ProductionWorkflow');
}

export function platform({ documents }: ImportResult): Platform {
  return documents.find((document): document is Platform => document.kind === 'ProductionPlatform') as Platform;
}

/** The stage that deploys, of the only workflow. */
export function stage(result: ImportResult, name = 'deploy_production') {
  const [only] = workflows(result);
  return only?.spec.pipeline_stages.find((one) => one.name === name);
}

/** The steps of its canary; none for another strategy. */
export function canarySteps(result: ImportResult): readonly object[] {
  const strategy = stage(result)?.strategy;
  return typeof strategy === 'object' ? (strategy.canary?.steps ?? []) : [];
}

/** What the report says of a path. */
export function told({ unsupported }: ImportResult, path: string): readonly string[] {
  return unsupported.filter((one) => one.path === path).map(({ message }) => message);
}

/** A Rollout with this strategy, and further documents behind it. */
export function rollout(strategy: string, more = ''): { file: string; text: string } {
  const head = 'apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: { name: shop }\nspec:\n  strategy:\n';
  return { file: 'rollout.yaml', text: `${head}${indent(strategy, 4)}\n${more === '' ? '' : `---\n${more}`}` };
}

/** An AnalysisTemplate of one metric. */
export function template(name: string, metric: string): string {
  return `apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: { name: ${name} }\nspec:\n  metrics:\n${indent(metric, 4)}\n`;
}

/** A Canary of a Deployment, with this in its analysis. */
export function canary(analysis: string, spec = ''): { file: string; text: string } {
  const target = '  targetRef: { kind: Deployment, name: shop-web }';
  const head = `apiVersion: flagger.app/v1beta1\nkind: Canary\nmetadata: { name: shop }\nspec:\n${target}\n`;
  return {
    file: 'canary.yaml',
    text: `${head}${spec === '' ? '' : `${indent(spec, 2)}\n`}  analysis:\n${indent(analysis, 4)}\n`,
  };
}

function indent(text: string, by: number): string {
  return text.replace(/^/gm, ' '.repeat(by));
}
