import { z } from 'zod';
import type { ArtifactStore } from '../activities/artifacts';
import type { AuditReader, CommandLog, LogReader } from '../console/ports';
import type { AuditEntry } from '../contracts/audit';

/** What an entry's details tell about the output of a command. */
const detailsSchema = z.object({ stage: z.string().optional(), logDigest: z.string().optional() });

/** Of failed stages the audit trail has the last lines; the whole output of a command that passed is in the store. */
const failures: ReadonlySet<string> = new Set(['stage.failed', 'command.retried']);
const rowLimit = 10_000;

/** Reads what a run's commands printed: the audit trail says where, the artifact store has it. */
export function createLogReader(audit: AuditReader, artifacts: ArtifactStore): LogReader {
  return {
    ofRun: async (workflowId, stage) => {
      const logs: CommandLog[] = [];
      for (const { entry } of await audit.list({ workflowId, limit: rowLimit })) {
        const log = await logOf(entry, artifacts);
        if (log && (stage === undefined || log.stage === stage)) logs.push(log);
      }
      return logs.sort((a, b) => a.at.localeCompare(b.at));
    },
  };
}

async function logOf(
  { at, action, reason = '', details }: AuditEntry,
  artifacts: ArtifactStore,
): Promise<CommandLog | null> {
  const { stage = '', logDigest } = detailsSchema.safeParse(details ?? {}).data ?? {};
  const [title = '', ...more] = reason.split('\n');
  if (logDigest !== undefined) return { stage, at, title, text: await textOf(logDigest, artifacts) };
  return failures.has(action) ? { stage, at, title, text: more.join('\n') } : null;
}

async function textOf(digest: string, artifacts: ArtifactStore): Promise<string> {
  try {
    return Buffer.from(await artifacts.readBytes(digest)).toString('utf8');
  } catch (error) {
    return `(the output ${digest} cannot be read: ${error instanceof Error ? error.message : error})`;
  }
}
