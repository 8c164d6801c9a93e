import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { jsonLines } from '../../console/json-lines';
import { addCommonOptions, type CommonOptions, type ConfigureVerb } from '../context';
import { example } from '../example';
import { Exit, ExitCode } from '../exit-code';
import { withReaders } from '../readers';

interface ExportOptions extends CommonOptions {
  readonly file?: string;
}

export const configure: ConfigureVerb = (command, context) => {
  const { io, print, say } = context;

  const verify = addCommonOptions(
    new Command('verify').description('Check the hash chain over every row of the audit trail.'),
  );
  verify.copyInheritedSettings(command).action(async (options: CommonOptions) => {
    const result = await withReaders(io, options, ({ audit }) => audit.verify());
    print(options.output, result, () => verificationText(result));
    if (!result.valid) throw new Exit(ExitCode.failed);
  });
  example(verify, 'f0 audit verify');

  const exported = addCommonOptions(
    new Command('export').description('Write every row as JSON Lines, hashes included.'),
  );
  exported
    .copyInheritedSettings(command)
    .option('--file <path>', 'where to (default: standard output)')
    .action(async (options: ExportOptions) => {
      await withReaders(io, options, async ({ audit }) => {
        if (options.file === undefined) {
          for await (const line of jsonLines(audit.export())) io.stdout.write(line);
          return;
        }
        const file = resolve(io.cwd, options.file);
        await pipeline(Readable.from(jsonLines(audit.export())), createWriteStream(file, { mode: 0o600 }));
        say(`Written to ${file}.`);
      });
    });
  example(exported, 'f0 audit export --file audit.jsonl');

  command.addCommand(verify).addCommand(exported);
  example(command, 'f0 audit verify', 'f0 audit export --file audit.jsonl');
};
