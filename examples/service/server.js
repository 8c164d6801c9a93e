// Connects by Temporal's standard configuration (TEMPORAL_ADDRESS, ...), so the same service serves every installation.
import { connectProduction, readPlan } from 'framework0-production';
import { createReleaseDesk } from './release-desk.js';

const { WORKFLOW = 'workflow.yaml', SOURCE = '.', PORT = '8085' } = process.env;

/** What the document means for one release; a bad document is the caller's to see. */
async function plan(release) {
  const { plan: made, errors } = await readPlan({ files: [WORKFLOW], source: SOURCE, release });
  if (made) return made;
  const faults = errors.map(({ file, line, message }) => `${file}:${line}: ${message}`);
  throw Object.assign(new Error(faults.join('\n')), { code: 'InvalidInput' });
}

const client = await connectProduction();
const desk = createReleaseDesk({ client, plan });
desk.listen(Number(PORT), '127.0.0.1', () => console.log(`Releases at http://127.0.0.1:${PORT}/releases`));

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    desk.close(() => client.close());
    desk.closeAllConnections();
  });
}
