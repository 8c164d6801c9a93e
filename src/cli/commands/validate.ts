import { loadDocuments } from '../../definition';
import type { CommonOptions, ConfigureVerb } from '../context';
import { example } from '../example';
import { Exit, ExitCode } from '../exit-code';
import { readSources } from '../source-files';
import { diagnosticsText } from '../view/diagnostics';

export const configure: ConfigureVerb = (command, context) => {
  const { io, print, colours } = context;
  command
    .argument('<file...>', 'YAML or JSON documents; - is standard input')
    .action(async (files: readonly string[], options: CommonOptions) => {
      const sources = await readSources(files, io);
      const { documents, errors, warnings } = loadDocuments(sources);
      const valid = errors.length === 0;
      print(options.output, { valid, errors, warnings }, () => {
        const texts = new Map(sources.map(({ file, text }) => [file, text]));
        const parts = [
          diagnosticsText(errors, 'error', texts, colours),
          diagnosticsText(warnings, 'warning', texts, colours),
        ];
        const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;
        const summary = valid
          ? colours.green(
              `${count(documents.length, 'document')} valid${warnings.length === 0 ? '' : `, ${count(warnings.length, 'warning')}`}`,
            )
          : colours.red(`${count(errors.length, 'error')}, ${count(warnings.length, 'warning')}`);
        return [...parts.filter((part) => part !== ''), summary].join('\n\n');
      });
      if (!valid) throw new Exit(ExitCode.failed);
    });
  example(command, 'f0 validate workflow.yaml platform.yaml', 'f0 validate workflow.yaml --output json');
};
