import path from 'node:path';
import { parseArgs } from 'node:util';
import pino from 'pino';
import { startClusterAgent } from './agent';

// The local cluster's agent: `node main.js --home FOLDER`. A process of its own, so that apps go on serving while the
// rest of the system is stopped or started again.

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { home: { type: 'string' } } });
  if (values.home === undefined) throw new Error('usage: main.js --home FOLDER');
  const logger = pino({ name: 'cluster' });
  const agent = await startClusterAgent({
    home: path.resolve(values.home),
    logger,
    // What is left then (connections that somebody keeps open) is not worth waiting for.
    onStopped: () => setTimeout(() => process.exit(0), 100),
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void agent.stop());
  process.on('unhandledRejection', (error) => logger.error({ error: String(error) }, 'unhandled rejection'));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
