import path from 'node:path';
import type { Artifact, BuildInput } from '../../contracts/activities';
import { failure } from '../../contracts/errors';
import type { ArtifactStore } from '../artifacts';
import type { SecretResolver } from '../secrets';
import { CommandRoom, finishCommand, inRoom, runIsolated } from '../test';
import { billOfMaterials } from './bill-of-materials';
import { readLockFile } from './lock-file';
import { hashFiles, packFolder, treeDigest } from './package-archive';
import type { Builder, BuildProgress } from './port';
import { provenance } from './provenance';
import { commitTimeOf } from './source-commit';
import { copySource, listSource, listTree } from './source-files';

export interface PackageBuilderOptions {
  readonly artifacts: ArtifactStore;
  readonly secrets: SecretResolver;
  /** Private copies live here while builds run; made when missing. */
  readonly workFolder: string;
}

/**
 * The built-in builder: copies the source, runs the app's `build` commands in the copy, and packs what is there then.
 * The release's name is not told to the commands: the same source is the same package whatever it is called.
 */
export function createPackageBuilder(options: PackageBuilderOptions): Builder {
  return {
    provider: 'exercise8',
    action: 'container-build',
    build(input, progress) {
      const room = new CommandRoom(options.workFolder, input.key, 'build');
      return inRoom(room, () => buildInRoom(input, progress, room, options));
    },
  };
}

async function buildInRoom(
  input: BuildInput,
  progress: BuildProgress,
  room: CommandRoom,
  options: PackageBuilderOptions,
): Promise<Artifact> {
  const startedAt = new Date().toISOString();
  const folder = path.join(room.folder, 'files');

  progress.phase('copying the source');
  const committedAt = await commitTimeOf(input.app.source, progress.signal);
  const source = await listSource(input.app.source);
  await copySource(input.app.source, folder, source);
  const sourceFiles = await hashFiles(folder, source);

  await runBuildCommands(input, progress, room, folder, options);

  progress.phase('packing');
  const entries = await listTree(folder);
  if (entries.length === 0) {
    throw failure('InvalidInput', `there is nothing to package: ${input.app.source} has no files that are not ignored`);
  }
  const file = path.join(room.folder, 'package.tgz');
  await packFolder(folder, entries, file, progress.signal);
  const stored = await options.artifacts.putFile(file);

  progress.phase('describing');
  const packageSha256 = hexOf(stored.digest);
  const subject = { app: input.app.name, release: input.release, sha256: packageSha256 };
  const bill = billOfMaterials(subject, await readLockFile(folder), await hashFiles(folder, entries));
  const sbomDigest = await options.artifacts.putBytes(Buffer.from(bill));
  const statement = provenance({
    input,
    packageSha256,
    sbomSha256: hexOf(sbomDigest),
    sourceSha256: treeDigest(sourceFiles),
    startedAt,
    finishedAt: new Date().toISOString(),
  });
  const provenanceDigest = await options.artifacts.putBytes(Buffer.from(statement));
  const { digest, sizeBytes } = stored;
  return { digest, sizeBytes, sbomDigest, provenanceDigest, ...(committedAt ? { committedAt } : {}) };
}

/** One after the other, all within the build's time limit. */
async function runBuildCommands(
  input: BuildInput,
  progress: BuildProgress,
  room: CommandRoom,
  folder: string,
  { artifacts, secrets }: PackageBuilderOptions,
): Promise<void> {
  const deadline = performance.now() + input.timeoutSeconds * 1_000;
  for (const [index, line] of input.app.build.entries()) {
    const name = input.app.build.length === 1 ? 'build' : `build ${index + 1}`;
    progress.phase(`${name}: ${line}`);
    const command = {
      name: `${name} (${line})`,
      command: line,
      folder,
      workingDirectory: '.',
      // The common agreement of compilers and packers: no times of today in what they write.
      env: { SOURCE_DATE_EPOCH: '0' },
      isolation: input.isolation,
      timeoutSeconds: Math.max(0.001, (deadline - performance.now()) / 1_000),
      signal: progress.signal,
    };
    await finishCommand(command, await runIsolated(command, room, secrets), artifacts);
  }
}

function hexOf(digest: string): string {
  return digest.slice('sha256:'.length);
}
