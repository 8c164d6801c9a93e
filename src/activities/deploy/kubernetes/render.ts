import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { failure } from '../../../contracts/errors';
import type { KubernetesAppPlan } from '../../../definition/release-plan';
import type { KubeObject } from './api';

/** What `{{environment}}`, `{{release}}` and `{{namespace}}` in the settings of an app stand for. */
export interface RenderValues {
  readonly environment: string;
  readonly release: string;
  readonly namespace: string;
}

/** Local work, seconds at most; more is a plugin that waits for something. */
const commandTimeoutMs = 120_000;
/** CustomResourceDefinitions are large, and more than this is not of an app. */
const maxOutputBytes = 64 * 1024 * 1024;

/** The objects that an app consists of, as its own tools make them from the unpacked artifact. */
export async function renderManifests(
  plan: KubernetesAppPlan,
  folder: string,
  values: RenderValues,
): Promise<readonly KubeObject[]> {
  const { manifests } = plan;
  const inside = (text: string) => insideOf(folder, fill(text, values));
  switch (manifests.kind) {
    case 'folder':
      return readFolder(await existing(inside(manifests.path), 'manifests'), folder);
    case 'kustomize': {
      const overlay = await existing(inside(manifests.path), 'kustomize');
      return parse(await run('kubectl', ['kustomize', overlay], folder), `kubectl kustomize ${manifests.path}`);
    }
    case 'helm': {
      const chart = await existing(inside(manifests.chart), 'helm.chart');
      const files = await Promise.all(manifests.values.map((file) => existing(inside(file), 'helm.values')));
      // Tests of a chart are pods that `helm test` runs.
      const options = ['--skip-tests', '--namespace', values.namespace, ...files.flatMap((file) => ['--values', file])];
      const name = plan.workload.slice(0, 53);
      const rendered = await run('helm', ['template', name, chart, ...options], folder);
      return withoutHooks(parse(rendered, `helm template ${manifests.chart}`));
    }
  }
}

/** A hook that is applied with all the rest would run at another time than its chart means it to. */
function withoutHooks(objects: readonly KubeObject[]): readonly KubeObject[] {
  const hookOf = ({ metadata }: KubeObject) => metadata?.annotations?.['helm.sh/hook'];
  const hook = objects.find((object) => hookOf(object) !== undefined);
  if (!hook) return objects;
  throw failure(
    'InvalidInput',
    `${hook.kind} ${hook.metadata?.name} of the chart is a hook of Helm (${hookOf(hook)}), and nobody runs those here: make it a stage of the pipeline (\`run\`), and turn it off by a value`,
  );
}

/** Unknown names stay as they are: they may have a meaning to somebody else. */
export function fill(text: string, values: RenderValues): string {
  return text.replace(/\{\{\s*(environment|release|namespace)\s*\}\}/g, (_, name: keyof RenderValues) => values[name]);
}

function insideOf(folder: string, relative: string): string {
  const full = path.resolve(folder, relative);
  if (full === folder || full.startsWith(folder + path.sep)) return full;
  throw failure('InvalidInput', `"${relative}" leads out of the artifact: expected a path inside of it`);
}

async function existing(file: string, setting: string): Promise<string> {
  const found = await stat(file).catch(() => null);
  if (found) return file;
  const siblings = await readdir(path.dirname(file)).catch(() => []);
  const beside = siblings.length > 0 ? `; beside it are ${siblings.slice(0, 12).join(', ')}` : '';
  throw failure(
    'InvalidInput',
    `kubernetes.${setting} of the app: the artifact has no ${path.basename(file)} there${beside}`,
  );
}

async function readFolder(folder: string, root: string): Promise<readonly KubeObject[]> {
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => /\.(ya?ml|json)$/.test(name)).sort();
  if (files.length === 0) {
    throw failure('InvalidInput', `${path.relative(root, folder)} in the artifact has no file of YAML or JSON`);
  }
  const parsed = await Promise.all(
    files.map(async (file) =>
      parse(await readFile(path.join(folder, file), 'utf8'), path.join(path.relative(root, folder), file)),
    ),
  );
  return parsed.flat();
}

/** Empty documents are none, and a `List` is what it holds. */
export function parse(text: string, source: string): readonly KubeObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [fault] = document.errors;
    if (fault) throw failure('InvalidInput', `${source} is no YAML: ${fault.message}`);
    const value: unknown = document.toJS();
    return value === null || value === undefined ? [] : objectsOf(value, source);
  });
}

function objectsOf(value: unknown, source: string): readonly KubeObject[] {
  const object = value as KubeObject & { items?: unknown };
  if (object.kind === 'List' && Array.isArray(object.items)) {
    return object.items.flatMap((item) => objectsOf(item, source));
  }
  if (typeof object === 'object' && object.apiVersion && object.kind && object.metadata?.name) return [object];
  throw failure(
    'InvalidInput',
    `${source} holds something that is no object of Kubernetes: expected apiVersion, kind and metadata.name in each document`,
  );
}

async function run(command: string, args: readonly string[], folder: string): Promise<string> {
  const { PATH = '', HOME = '' } = process.env;
  try {
    // Nothing of the worker's own environment is for what an artifact brings along.
    const options = { cwd: folder, env: { PATH, HOME }, timeout: commandTimeoutMs, maxBuffer: maxOutputBytes };
    return (await promisify(execFile)(command, args, options)).stdout;
  } catch (error) {
    const { code, stderr = '', message } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === 'ENOENT') {
      throw failure('InvalidInput', `this worker has no \`${command}\`, which renders the manifests: install it`);
    }
    const said = stderr.trim().split('\n').slice(-5).join('\n') || message;
    throw failure('InvalidInput', `\`${command} ${args[0]}\` cannot render the manifests: ${said}`, { cause: error });
  }
}
