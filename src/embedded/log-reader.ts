import { z } from 'zod';
import type { ArtifactStore } from '../activities/artifacts';
import type { AuditReader, CommandLog, LogReader } from '../console/ports';

/** What a row of the audit trail tells about the output of a command. */
const rowSchema = z.object({
  at: z.string(),
  action: z.string(),
  reason: z.string().nullish(),
  details: z.object({ stage: z.string().optional(), logDigest: z.string().optional() }).nullish(),
});

/** Of failed stages the audit trail has the last lines; the whole output of a command that passed is in the store. */
const failures: ReadonlySet<string> = new Set(['stage.failed', 'command.retried']);
const rowLimit = 10_000;

/** Reads what a run's commands printed: the audit trail says where, the artifact store has it. */
export function createLogReader(audit: AuditReader, artifacts: ArtifactStore): LogReader {
  return {
    ofRun: async (workflowId, stage) => {
      const logs: CommandLog[] = [];
      for (const row of await audit.list({ workflowId, limit: rowLimit })) {
        const parsed = rowSchema.safeParse(row);
        const log = parsed.success ? await logOf(parsed.data, artifacts) : null;
        if (log && (stage === undefined || log.stage === stage)) logs.push(log);
      }
      return logs.sort((a, b) => a.at.localeCompare(b.at));
    },
  };
}

async function logOf(row: z.infer<typeof rowSchema>, artifacts: ArtifactStore): Promise<CommandLog | null> {
  const { stage = '', logDigest } = row.details ?? {};
  const [title = '', ...more] = (row.reason ?? '').split('\n');
  if (logDigest !== undefined) {
    return { stage, at: row.at, title, text: await textOf(logDigest, artifacts) };
  }
  return failures.has(row.action) ? { stage, at: row.at, title, text: more.join('\n') } : null;
}

async function textOf(digest: string, artifacts: ArtifactStore): Promise<string> {
  try {
    return Buffer.from(await artifacts.readBytes(digest)).toString('utf8');
  } catch (error) {
    return `(the output ${digest} cannot be read: ${error instanceof Error ? error.message : error})`;
  }
}
