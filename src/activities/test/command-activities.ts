import { constants } from 'node:fs';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { Context } from '@temporalio/activity';
import type { CommandActivities, CommandResult, RunCommandInput } from '../../contracts/activities';
import { failure } from '../../contracts/errors';
import { type ArtifactStore, storageFailure } from '../artifacts';
import type { SecretResolver } from '../secrets';
import { withHeartbeat } from './heartbeat';
import { CommandRoom, describeEnd, type IsolatedCommand, type IsolatedOutcome, runIsolated } from './isolated-command';

export interface CommandActivitiesOptions {
  readonly artifacts: ArtifactStore;
  readonly secrets: SecretResolver;
  /** Private copies live here while commands run; made when missing. */
  readonly workFolder: string;
}

export function createCommandActivities(options: CommandActivitiesOptions): CommandActivities {
  return {
    async runCommand(input) {
      const room = new CommandRoom(options.workFolder, input.key, input.command.name);
      const started = performance.now();
      const describe = () => ({
        command: input.command.name,
        seconds: Math.round((performance.now() - started) / 1_000),
      });
      return withHeartbeat(describe, () => inRoom(room, () => runInRoom(input, room, options)));
    },
  };
}

/** Opens the room and always closes it; a folder that cannot be removed is told, and hides no result. */
export async function inRoom<T>(room: CommandRoom, work: () => Promise<T>): Promise<T> {
  try {
    await room.open();
    return await work();
  } catch (error) {
    throw await storageFailure(error, 'the work folder', room.folder, null);
  } finally {
    await room.close().catch((error: unknown) => {
      Context.current().log.warn('a command folder could not be removed', {
        folder: room.folder,
        error: String(error),
      });
    });
  }
}

async function runInRoom(
  input: RunCommandInput,
  room: CommandRoom,
  { artifacts, secrets }: CommandActivitiesOptions,
): Promise<CommandResult> {
  const { command } = input;
  if (command.image !== null) {
    const told = { command: command.name, image: command.image };
    Context.current().log.warn('this worker has no container engine: the command runs without its image', told);
  }
  const isolated: IsolatedCommand = {
    name: command.name,
    command: command.command,
    folder: await placeFiles(input, room, artifacts),
    workingDirectory: command.workingDirectory,
    env: { F0_RELEASE: input.release, ...command.env },
    isolation: command.isolation,
    timeoutSeconds: command.timeoutSeconds,
    signal: Context.current().cancellationSignal,
  };
  return finishCommand(isolated, await runIsolated(isolated, room, secrets), artifacts);
}

/** Stores the log, and turns the outcome into a result or into the failure that a person reads. */
export async function finishCommand(
  command: IsolatedCommand,
  outcome: IsolatedOutcome,
  artifacts: ArtifactStore,
): Promise<CommandResult> {
  // Rejects with the cancellation, which Temporal must see as such.
  if (outcome.reason === 'cancelled') return Context.current().cancelled;
  const { output, durationSeconds } = outcome;
  const ended = describeEnd(command, outcome);
  if (ended === null) {
    return { exitCode: 0, durationSeconds, tail: output.tail, logDigest: await artifacts.putBytes(output.content) };
  }
  // The command's own failure is what counts: a full store must not hide it, nor make it run again.
  const logDigest = await artifacts.putBytes(output.content).catch(() => null);
  const { reason, exitCode, signal, peakBytes } = outcome;
  throw failure('CommandFailed', output.tail === '' ? `${ended}; it printed nothing` : `${ended}:\n${output.tail}`, {
    details: [{ command: command.name, reason, exitCode, signal, durationSeconds, peakBytes, logDigest }],
  });
}

/** The unpacked artifact; or a copy of the source as it stands, without `.git`; or the source itself. */
async function placeFiles(input: RunCommandInput, room: CommandRoom, artifacts: ArtifactStore): Promise<string> {
  const folder = path.join(room.folder, 'files');
  if (input.artifactDigest !== null) {
    await artifacts.unpack(input.artifactDigest, folder);
    return folder;
  }
  if (!input.command.isolation.ownDirectory) return input.source;
  const gitFolder = path.join(input.source, '.git');
  try {
    await cp(input.source, folder, {
      recursive: true,
      verbatimSymlinks: true,
      preserveTimestamps: true,
      mode: constants.COPYFILE_FICLONE,
      filter: (file) => file !== gitFolder,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw failure('NotFound', `the source folder ${input.source} does not exist on this worker`, { cause: error });
  }
  return folder;
}
