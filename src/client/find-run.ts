import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { searchAttribute } from '../contracts/search-attributes';
import { WorkflowType } from '../contracts/workflows';
import { InvalidInput, NotFound } from './errors';
import { quoted } from './visibility';

/** How many candidates an ambiguous name lists, and the most it looks at. */
const lookAt = 20;

/** A run that was started a moment ago is not in Temporal's index yet; on a busy server it takes more than a second. */
const indexTries = 10;
const indexDelayMs = 200;

/**
 * The workflow id a person means by `1.2.0`, `shop/1.2.0`, `namespace/shop/1.2.0` or the id itself.
 * Throws `NotFound`, or `InvalidInput` when several runs fit.
 */
export async function findRun(client: Client, text: string): Promise<string> {
  const words = text.split('/').filter((word) => word !== '');
  if (words[0] === WorkflowType.pipeline && words.length === 4) return words.join('/');
  if (words.length === 3) return [WorkflowType.pipeline, ...words].join('/');
  if (words.length === 0 || words.length > 3) {
    throw new InvalidInput(`"${text}" is not the id of a run: give RELEASE, NAME/RELEASE or NAMESPACE/NAME/RELEASE`);
  }
  const release = words.at(-1) ?? '';
  const conditions = [
    `WorkflowType = ${quoted(WorkflowType.pipeline)}`,
    `${searchAttribute.release.name} = ${quoted(release)}`,
  ];
  if (words.length === 2) conditions.push(`${searchAttribute.workflow.name} = ${quoted(words[0] ?? '')}`);

  let found = await candidates(client, conditions.join(' AND '));
  for (let tries = 0; found.length === 0 && tries < indexTries; tries += 1) {
    await sleep(indexDelayMs);
    found = await candidates(client, conditions.join(' AND '));
  }
  const [first, ...others] = found;
  if (first === undefined) throw new NotFound(`no run of "${text}" is known: \`f0 list\` shows the runs`);
  if (others.length > 0) {
    throw new InvalidInput(`"${text}" fits several runs, say which one: ${[first, ...others].sort().join(', ')}`);
  }
  return first;
}

async function candidates(client: Client, query: string): Promise<readonly string[]> {
  const found = new Set<string>();
  for await (const run of client.workflow.list({ query, pageSize: lookAt })) {
    found.add(run.workflowId);
    if (found.size >= lookAt) break;
  }
  return [...found];
}
