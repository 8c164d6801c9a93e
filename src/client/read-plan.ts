import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type Diagnostic, type LoadedDocument, loadDocuments, planRelease } from '../definition';
import type { ReleasePlan } from '../definition/release-plan';
import { InvalidInput } from './errors';

export interface ReadPlanRequest {
  /** Documents: the workflow, and what else the same files hold. */
  readonly files: readonly string[];
  /** The platform's file; without one local clusters and the built-in metrics. */
  readonly platform?: string;
  /** The folder of the app, where `f0.app.yaml` is. @default the nearest one, from `cwd` and from the first file upwards; else the only one in a folder beside that file */
  readonly source?: string;
  /** Which workflow, when the files have several. */
  readonly workflow?: string;
  readonly release: string;
  readonly inputs?: Readonly<Record<string, string | number | boolean>>;
  /** Every duration times this. @default 1 */
  readonly timeScale?: number;
  /** What relative paths start from. @default process.cwd() */
  readonly cwd?: string;
}

export interface PlanReading {
  /** Null when there are errors. */
  readonly plan: ReleasePlan | null;
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
  /** What was read, by file: to show the lines that are meant. */
  readonly texts: ReadonlyMap<string, string>;
}

const manifest = 'f0.app.yaml';

/**
 * Reads documents and the app's manifest, and makes the plan of one release. Faults of documents are in the answer.
 * Throws `InvalidInput` for a file that cannot be read, an app that is not found, and a workflow that is not clear.
 */
export async function readPlan(request: ReadPlanRequest): Promise<PlanReading> {
  const cwd = request.cwd ?? process.cwd();
  const source = await appFolder(request, cwd);
  const files = [
    ...request.files,
    ...(request.platform === undefined ? [] : [request.platform]),
    join(source, manifest),
  ];
  const sources = await Promise.all(files.map(async (file) => ({ file, text: await readText(resolve(cwd, file)) })));
  const texts = new Map(sources.map(({ file, text }) => [file, text]));

  const loaded = loadDocuments(sources);
  if (loaded.errors.length > 0) return { plan: null, errors: loaded.errors, warnings: loaded.warnings, texts };
  const workflow = theWorkflow(ofKind(loaded.documents, 'ProductionWorkflow'), request);
  const platform = only(ofKind(loaded.documents, 'ProductionPlatform'), 'platforms') ?? null;
  const app = only(ofKind(loaded.documents, 'App'), 'apps');
  if (!app) throw new InvalidInput(`${join(source, manifest)} holds no document of kind App`);

  const planned = planRelease({
    workflow,
    platform,
    app,
    source,
    release: request.release,
    inputs: request.inputs ?? {},
    timeScale: request.timeScale ?? 1,
  });
  return { ...planned, warnings: [...loaded.warnings, ...planned.warnings], texts };
}

type Kind = LoadedDocument['kind'];
type OfKind<K extends Kind> = Extract<LoadedDocument, { kind: K }>;

function ofKind<K extends Kind>(documents: readonly LoadedDocument[], kind: K): readonly OfKind<K>[] {
  return documents.filter((document): document is OfKind<K> => document.kind === kind);
}

function theWorkflow(
  all: readonly OfKind<'ProductionWorkflow'>[],
  { files, workflow }: ReadPlanRequest,
): OfKind<'ProductionWorkflow'> {
  const fitting = all.filter(({ value }) => workflow === undefined || value.metadata.name === workflow);
  const [first, ...others] = fitting;
  if (first && others.length === 0) return first;
  const names = all.map(({ value }) => value.metadata.name).join(', ');
  if (all.length === 0) throw new InvalidInput(`${files.join(', ')} holds no ProductionWorkflow`);
  throw new InvalidInput(
    first
      ? `there are several workflows, say which one by its name: ${names}`
      : `there is no workflow "${workflow}": there is ${names}`,
  );
}

function only<T>(all: readonly T[], what: string): T | undefined {
  if (all.length > 1)
    throw new InvalidInput(`there are ${all.length} ${what} among the documents: one at most may be given`);
  return all[0];
}

async function appFolder({ source, files }: ReadPlanRequest, cwd: string): Promise<string> {
  if (source !== undefined) return resolve(cwd, source);
  const starts = [cwd, ...files.slice(0, 1).map((file) => dirname(resolve(cwd, file)))];
  for (const start of starts) {
    for (let folder = start; ; folder = dirname(folder)) {
      if ((await readFile(join(folder, manifest)).catch(() => null)) !== null) return folder;
      if (folder === dirname(folder)) break;
    }
  }
  const below = await appsBelow(starts.at(-1) ?? cwd);
  if (below[0] !== undefined && below.length === 1) return below[0];
  if (below.length > 1) throw new InvalidInput(`there are several apps, name one by its folder: ${below.join(', ')}`);
  throw new InvalidInput(
    `no ${manifest} in ${[...new Set(starts)].join(' or ')}, nor above: name the folder of the app, or write one by \`f0 init\``,
  );
}

/** A document beside the folders of its apps, as in a repository of several. */
async function appsBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  const found = await Promise.all(
    folders.map((one) =>
      access(join(one, manifest)).then(
        () => [one],
        () => [],
      ),
    ),
  );
  return found.flat();
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
    throw new InvalidInput(`${path} cannot be read: ${why}`, { cause: error });
  }
}
