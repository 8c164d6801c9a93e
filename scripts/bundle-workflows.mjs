// Bundles workflow code for the sandbox. Used by the build (from dist/) and by the tests (from src/), so that both run
// the same interceptors: interceptors belong to the bundle, a worker cannot add them later.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error };

/**
 * Writes the bundle of `workflowsPath` to `outFile`, its source map inline. With a failure converter the bundle is for
 * workers that encrypt: what the sandbox makes of an error is decided in the bundle too.
 */
export async function bundleWorkflows({ workflowsPath, interceptorsPath, failureConverterPath, outFile }) {
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules: [interceptorsPath],
    // Evaluated once a worker instead of once for each open run, of whose memory our own modules are half. They keep no
    // state, which test/workflows/shared-modules.test.ts watches over.
    preloadModules: [workflowsPath, interceptorsPath],
    ...(failureConverterPath ? { failureConverterPath } : {}),
    logger: quiet,
  });
  mkdirSync(dirname(outFile), { recursive: true });
  // Renamed into place: a worker that starts meanwhile reads the old bundle or the new one, never half of one.
  const partial = `${outFile}.${process.pid}.partial`;
  writeFileSync(partial, code);
  renameSync(partial, outFile);
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [workflowsPath, interceptorsPath, outFile, failureConverterPath] = process.argv
    .slice(2)
    .map((path) => resolve(path));
  if (!workflowsPath || !interceptorsPath || !outFile) {
    console.error(
      'usage: node scripts/bundle-workflows.mjs WORKFLOWS_FILE INTERCEPTORS_FILE OUT_FILE [FAILURE_CONVERTER_FILE]',
    );
    process.exit(2);
  }
  await bundleWorkflows({ workflowsPath, interceptorsPath, failureConverterPath, outFile });
}
