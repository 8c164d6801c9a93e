import { startWatch, type WatchState } from '../../analytics';
import type { AnalyzeInput } from '../../contracts/analysis';
import { answering, type Database } from '../../database';
import type { WatchView } from './port';

export type ReadStoredWatches = (workflowIds: readonly string[]) => Promise<readonly WatchView[]>;

/**
 * The watches of observers in other processes, as they were saved last: some ten seconds old, and without the readings
 * that an observer keeps for charts alone.
 */
export function storedWatches({ db }: Database): ReadStoredWatches {
  return (workflowIds) =>
    answering(async () => {
      if (workflowIds.length === 0) return [];
      const rows = await db
        .selectFrom('watches')
        .select(['key', 'workflow_id', 'input', 'state'])
        .where('workflow_id', 'in', [...workflowIds])
        .execute();
      return rows.map((row) => {
        const input = JSON.parse(row.input) as AnalyzeInput;
        const state =
          row.state === null ? startWatch(input.plan, new Date().toISOString()) : (JSON.parse(row.state) as WatchState);
        return { key: row.key, workflowId: row.workflow_id, input, state, readings: {} };
      });
    });
}
