import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { WorkflowType } from '../../src/contracts/workflows';
import { workflowBundle } from '../support/temporal';
import { fromText, idOf } from './history-text';

const folder = join(__dirname, 'histories');
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
const textOf = (file: string) => readFileSync(join(folder, file), 'utf8');

const replay = async (text: string) => {
  const history = fromText(text);
  return Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, idOf(history));
};

describe('the workflows of today', () => {
  it.each(files)('decide as those that recorded %s', async (file) => {
    await replay(textOf(file));
  });

  it.each(Object.values(WorkflowType))('are compared with a recorded %s', (type) => {
    expect(files.some((file) => file.startsWith(`${type}-`))).toBe(true);
  });

  it.each([
    ['another activity', 'buildArtifact', 'runCommand'],
    ['another child workflow', '"name":"deployment"', '"name":"environment"'],
  ])('would be caught deciding otherwise: %s', async (_name, recorded, changed) => {
    const text = textOf('pipeline-good-v1.json');
    expect(text).toContain(recorded);

    await expect(replay(text.replaceAll(recorded, changed))).rejects.toThrow(DeterminismViolationError);
  });
});
