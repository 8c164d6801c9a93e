import { Command } from 'commander';
import { loadDocuments } from '../../definition';
import { addCommonOptions, type CommonOptions, type ConfigureVerb } from '../context';
import { example } from '../example';
import { Exit, ExitCode } from '../exit-code';
import { identityOf } from '../identity';
import { withReaders } from '../readers';
import { readSources, type SourceFile } from '../source-files';
import { diagnosticsText } from '../view/diagnostics';
import { table } from '../view/table';
import { sayInstant } from '../view/time';

interface ApplyOptions extends CommonOptions {
  readonly as?: string;
}

export const configure: ConfigureVerb = (command, context) => {
  const { io, print, say, colours } = context;

  const apply = addCommonOptions(new Command('apply')).description(
    'Give the system a platform: it keeps it, and watches its objectives and figures. A namespace has one.',
  );
  apply
    .copyInheritedSettings(command)
    .argument('<file>', 'a file with one ProductionPlatform; - is standard input')
    .option('--as <name>', 'who applies it (default: the user of this machine)')
    .action(async (file: string, options: ApplyOptions) => {
      const [source] = await readSources([file], io);
      if (!source) return;
      check(source, options);
      const by = identityOf(options.as, io.env);
      const applied = await withReaders(io, options, ({ platforms }) => platforms.apply(source, by));
      print(
        options.output,
        applied,
        () => `Platform ${applied.name} serves namespace ${applied.namespace} from now on.`,
      );
    });
  example(apply, 'f0 platform apply platform.yaml');

  const list = addCommonOptions(new Command('list')).description('The platforms that were applied.');
  list.copyInheritedSettings(command).action(async (options: CommonOptions) => {
    const platforms = await withReaders(io, options, (readers) => readers.platforms.list());
    print(options.output, { platforms }, () =>
      table(
        ['NAMESPACE', 'PLATFORM', 'APPLIED', 'BY'],
        platforms.map(({ namespace, name, appliedAt, appliedBy }) => [
          namespace,
          name,
          sayInstant(appliedAt),
          appliedBy,
        ]),
        colours,
      ),
    );
  });
  example(list, 'f0 platform list');

  command.addCommand(apply).addCommand(list);
  example(command, 'f0 platform apply platform.yaml', 'f0 platform list');

  /** Faults are shown with their lines, as `f0 validate` does. */
  function check(source: SourceFile, { output }: ApplyOptions): void {
    const { errors, warnings } = loadDocuments([source]);
    const texts = new Map([[source.file, source.text]]);
    if (warnings.length > 0) say(diagnosticsText(warnings, 'warning', texts, colours));
    if (errors.length === 0) return;
    if (output === 'text') say(diagnosticsText(errors, 'error', texts, colours));
    else print(output, { valid: false, errors, warnings }, () => '');
    throw new Exit(ExitCode.failed);
  }
};
