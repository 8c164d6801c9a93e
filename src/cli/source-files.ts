import { readFile, stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { UsageError } from './exit-code';
import type { CliIo } from './io';

export interface SourceFile {
  /** As the user named it. */
  readonly file: string;
  readonly text: string;
}

/** Documents are refused over 1 MiB by the language; what is far beyond that is not even read. */
const readableBytes = 64 * 1024 * 1024;

/** Reads the files of a command line; `-` is standard input. Throws `UsageError` for one that cannot be read. */
export async function readSources(files: readonly string[], io: CliIo): Promise<readonly SourceFile[]> {
  const sources: SourceFile[] = [];
  for (const file of files) {
    sources.push({
      file: file === '-' ? '<stdin>' : file,
      text: file === '-' ? await io.readStdin() : await readOne(file, io),
    });
  }
  return sources;
}

async function readOne(file: string, { cwd }: CliIo): Promise<string> {
  const path = resolve(cwd, file);
  try {
    const { size } = await stat(path);
    if (size > readableBytes)
      throw new UsageError(`${file} has ${Math.round(size / 1024 / 1024)} MiB: that is no document`);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : (error as Error).message;
    throw new UsageError(`${relative(cwd, path) || file} cannot be read: ${why}`);
  }
}
