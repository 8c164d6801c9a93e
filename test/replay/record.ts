import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Harness } from '../workflows/harness';
import { replayCases } from './cases';
import { toText, withId } from './history-text';

/** Raised with a change that open runs cannot live through; the files of the versions before stay, and must replay. */
const version = 'v1';

/** Runs every case, or those that are named, and keeps the histories, for replay.test.ts. */
async function record(names: readonly string[]): Promise<void> {
  const harness = new Harness();
  for (const { name, run } of replayCases.filter((one) => names.length === 0 || names.includes(one.name))) {
    await harness.begin();
    try {
      for (const [workflow, workflowId] of Object.entries(await run(harness))) {
        const history = await harness.history(workflowId);
        if (!history) throw new Error(`${name}: there is no ${workflowId}`);
        const title = workflow.includes('-') ? workflow : `${workflow}-${name}`;
        const file = join(__dirname, 'histories', `${title}-${version}.json`);
        await writeFile(file, toText(withId(history, workflowId)));
        process.stdout.write(`${file}\n`);
      }
    } finally {
      await harness.end();
    }
  }
}

void record(process.argv.slice(2)).then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
