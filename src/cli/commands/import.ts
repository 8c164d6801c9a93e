import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { importDocuments } from '../../definition';
import type { CommonOptions, ConfigureVerb } from '../context';
import { example } from '../example';
import { Exit, ExitCode, UsageError } from '../exit-code';
import { readSources } from '../source-files';
import { diagnosticsText } from '../view/diagnostics';
import { unsupportedText } from '../view/unsupported';

interface ImportVerbOptions extends CommonOptions {
  readonly environment: string;
  readonly out?: string;
  readonly force?: boolean;
}

/** What a document takes as the name of an environment, and of the stage `deploy_<name>`. */
const environmentForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,55}$/;

export const configure: ConfigureVerb = (command, context) => {
  const { io, print, say, colours } = context;
  command
    .argument(
      '<file...>',
      'YAML or JSON with a Rollout, Canary or Stages and the templates they name; - is standard input',
    )
    .option('--environment <name>', 'where a Rollout or a Canary deploys to', 'production')
    .option('--out <file>', 'write the documents there instead of standard output')
    .option('--force', 'replace that file when it is there already')
    .action(async (files: readonly string[], options: ImportVerbOptions) => {
      const { environment, output } = options;
      if (!environmentForm.test(environment))
        throw new UsageError(`"${environment}" cannot be the name of an environment`);
      const target = options.out === undefined ? null : resolve(io.cwd, options.out);
      if (target !== null && existsSync(target) && !options.force) {
        throw new UsageError(`${options.out} exists already: --force replaces it`);
      }
      const sources = await readSources(files, io);
      const { documents, text, unsupported, errors } = importDocuments(sources, { environment });
      const failed = errors.length > 0;
      if (target !== null && !failed) await writeFile(target, text);
      const written = target === null || failed ? {} : { written: target };
      const answer = { documents, unsupported, ...written, ...(failed ? { errors } : {}) };
      print(output, answer, () => (target === null ? text : failed ? '' : `Wrote ${options.out}`));
      if (output === 'text') {
        const texts = new Map(sources.map((source) => [source.file, source.text]));
        const report = [unsupportedText(unsupported, colours), diagnosticsText(errors, 'error', texts, colours)];
        for (const part of report.filter((one) => one !== '')) say(part);
      }
      if (failed) throw new Exit(ExitCode.failed);
    });
  example(
    command,
    'f0 import rollout.yaml analysis-templates.yaml > workflow.yaml',
    'f0 import canary.yaml --environment staging --out workflow.yaml',
    'kubectl get stages,promotiontasks,projectconfigs -n shop -o yaml | f0 import - --output json',
  );
};
