import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { type AuditVerification, verifyExport } from '../../activities/audit';
import { jsonLines } from '../../console/json-lines';
import { addCommonOptions, type CommonOptions, type ConfigureVerb } from '../context';
import { example } from '../example';
import { Exit, ExitCode, UsageError } from '../exit-code';
import { withReaders } from '../readers';

interface VerifyOptions extends CommonOptions {
  readonly file?: string;
}

interface ExportOptions extends CommonOptions {
  readonly file?: string;
}

export const configure: ConfigureVerb = (command, context) => {
  const { io, print, say } = context;

  const verify = addCommonOptions(new Command('verify')).description(
    'Check the hash chain over every row of the audit trail, or of an export.',
  );
  verify
    .copyInheritedSettings(command)
    .option('--file <path>', 'an export instead: needs no database')
    .action(async (options: VerifyOptions) => {
      const result =
        options.file === undefined
          ? await withReaders(io, options, ({ audit }) => audit.verify())
          : await verifyExport(await linesOf(options.file));
      print(options.output, result, () => verificationText(result));
      if (!result.valid) throw new Exit(ExitCode.failed);
    });
  example(verify, 'f0 audit verify', 'f0 audit verify --file audit.jsonl');

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

  async function linesOf(file: string): Promise<AsyncIterable<string>> {
    const stream = createReadStream(resolve(io.cwd, file));
    await once(stream, 'open').catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(
        `${file} cannot be read: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`,
      );
    });
    return createInterface({ input: stream });
  }
};

function verificationText({ valid, rows, lastHash, problem }: AuditVerification): string {
  if (valid) return `The chain holds over ${rows} rows; it ends with ${lastHash}.`;
  return `The chain is broken. ${problem?.message ?? ''}\n${rows} rows before that hold.`;
}
