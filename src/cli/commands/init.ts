import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { CommonOptions, ConfigureVerb } from '../context';
import { example } from '../example';
import { UsageError } from '../exit-code';
import { starterFiles } from '../starter';

interface InitOptions extends CommonOptions {
  readonly name?: string;
  readonly force?: boolean;
}

export const configure: ConfigureVerb = (command, context) => {
  command
    .argument('[folder]', 'the folder of the app', '.')
    .option('--name <name>', 'the name of the app (default: that of the folder)')
    .option('--force', 'replace files that are there already')
    .action(async (folder: string, options: InitOptions) => {
      const target = resolve(context.io.cwd, folder);
      const name = nameFrom(options.name ?? basename(target));
      const files = Object.entries(starterFiles(name)).map(([file, text]) => ({ path: join(target, file), text }));
      const there = files.filter(({ path }) => existsSync(path)).map(({ path }) => path);
      // All or nothing: half a set of documents would plan with somebody else's half.
      if (there.length > 0 && !options.force)
        throw new UsageError(`${there.join(', ')} exists already: --force replaces it`);
      await mkdir(target, { recursive: true });
      for (const { path, text } of files) await writeFile(path, text);
      const written = files.map(({ path }) => path);
      context.print(options.output, { name, written }, () =>
        [
          ...written.map((path) => `Wrote ${path}`),
          '',
          'Next: say in f0.app.yaml how your app is built, tested and started, then',
          `  f0 validate ${join(folder, 'workflow.yaml')} ${join(folder, 'platform.yaml')}`,
          `  f0 up --detach`,
          `  f0 run ${join(folder, 'workflow.yaml')} --platform ${join(folder, 'platform.yaml')} --release 1.0.0`,
        ].join('\n'),
      );
    });
  example(command, 'f0 init', 'f0 init services/shop --name shop');
};

/** A name that documents take: lower case letters, digits and dashes. */
function nameFrom(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (name === '') throw new UsageError(`"${text}" has no letters to make a name of: give --name`);
  return name;
}
