import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { type ArtifactStore, createArtifactStore } from '../../../src/activities/artifacts';
import { createSecretResolver } from '../../../src/activities/secrets';
import { createCommandActivities } from '../../../src/activities/test';
import type { CommandResult, RunCommandInput } from '../../../src/contracts/activities';
import type { CommandPlan, IsolationPlan } from '../../../src/definition/release-plan';

export const strict: IsolationPlan = {
  name: 'production-strict',
  cleanEnvironment: true,
  ownDirectory: true,
  memoryMiB: 512,
  outputMiB: 1,
};

export function command(line: string, change: Partial<CommandPlan> = {}): CommandPlan {
  return {
    name: 'unit_tests',
    command: line,
    env: {},
    workingDirectory: '.',
    image: null,
    isolation: strict,
    timeoutSeconds: 30,
    ...change,
  };
}

/** Activities that fail on purpose need no lines in the output of the tests. */
export function quietEnvironment(
  info: ConstructorParameters<typeof MockActivityEnvironment>[0] = {},
): MockActivityEnvironment {
  return new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR') });
}

export interface CommandRig {
  readonly artifacts: ArtifactStore;
  readonly environment: MockActivityEnvironment;
  run(plan: CommandPlan, change?: Partial<RunCommandInput>): Promise<CommandResult>;
  log(digest: string): Promise<string>;
}

/** The activity as a worker runs it, on a source folder `source` in `folder`. */
export function commandRig(folder: string, env: Record<string, string> = {}): CommandRig {
  const artifacts = createArtifactStore({ folder: path.join(folder, 'store') });
  const secrets = createSecretResolver({ env, folder: null });
  const environment = quietEnvironment();
  const activities = createCommandActivities({ artifacts, secrets, workFolder: path.join(folder, 'work') });
  return {
    artifacts,
    environment,
    run: (plan, change = {}) =>
      environment.run(activities.runCommand, {
        key: 'pipeline/n/app/1.0.0/test',
        artifactDigest: null,
        source: path.join(folder, 'source'),
        command: plan,
        release: '1.0.0',
        ...change,
      }),
    log: async (digest) => Buffer.from(await artifacts.readBytes(digest)).toString('utf8'),
  };
}

/** Pids of living processes whose command line contains `text`. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        // A zombie has an empty command line.
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);
}
