import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import {
  type AuditLine,
  type AuditRow,
  type AuditVerification,
  type PublicKey,
  type SignatureVerification,
  verifyExport,
  verifySignatures,
} from '../../activities/audit';
import { jsonLines } from '../../console/json-lines';
import { addCommonOptions, type CommonOptions, type ConfigureVerb } from '../context';
import { example } from '../example';
import { Exit, ExitCode, UsageError } from '../exit-code';
import { platformKeys } from '../platform-keys';
import { withReaders } from '../readers';

interface VerifyOptions extends CommonOptions {
  readonly file?: string;
  readonly keys?: string;
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
    .option('--keys <file>', 'check signatures too, against the signing_keys of this platform document')
    .action(async (options: VerifyOptions) => {
      const keys = options.keys === undefined ? null : await platformKeys(options.keys, io);
      const chain =
        options.file === undefined
          ? await withReaders(io, options, ({ audit }) => audit.verify())
          : await verifyExport(await linesOf(options.file));
      // Of a broken chain nothing more is worth knowing.
      const signatures = keys && chain.valid ? await signaturesOf(options, keys) : null;
      const result = { ...chain, ...(signatures ? { signatures } : {}) };
      print(options.output, result, () => [verificationText(chain), ...signatureLines(signatures)].join('\n'));
      if (!chain.valid || signatures?.valid === false) throw new Exit(ExitCode.failed);
    });
  example(verify, 'f0 audit verify', 'f0 audit verify --file audit.jsonl --keys platform.yaml');

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

  async function signaturesOf(options: VerifyOptions, keys: readonly PublicKey[]): Promise<SignatureVerification> {
    if (options.file !== undefined) return verifySignatures(rowsIn(parsed(await linesOf(options.file))), keys);
    return withReaders(io, options, ({ audit }) => verifySignatures(rowsIn(audit.export()), keys));
  }

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

async function* parsed(lines: AsyncIterable<string>): AsyncGenerator<AuditLine, void, void> {
  for await (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as AuditLine;
}

/** All but the head. */
async function* rowsIn(lines: AsyncIterable<AuditLine>): AsyncGenerator<AuditRow, void, void> {
  for await (const line of lines) if ('entry' in line) yield line;
}

function signatureLines(result: SignatureVerification | null): readonly string[] {
  if (!result) return [];
  const { signed, unsigned, problems } = result;
  const others = `${unsigned} decision${unsigned === 1 ? '' : 's'} without`;
  if (problems.length === 0) return [`The signatures of ${signed} rows hold; ${others}.`];
  return [`${problems.length} of ${signed} signatures do not hold; ${others}.`, ...problems];
}

function verificationText({ valid, rows, lastHash, problem }: AuditVerification): string {
  if (valid) return `The chain holds over ${rows} rows; it ends with ${lastHash}.`;
  return `The chain is broken. ${problem?.message ?? ''}\n${rows} rows before that hold.`;
}
