import { runCli } from '../../src/cli/run-cli';

export interface CliAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly stdin?: string;
  readonly interrupted?: AbortSignal;
  readonly onOutput?: (text: string) => void;
}

/** Runs a command line in this process, its output gathered. */
export async function f0(argv: readonly string[], options: CliOptions = {}): Promise<CliAnswer> {
  const { env = {}, cwd = process.cwd(), stdin = '', interrupted = new AbortController().signal, onOutput } = options;
  let stdout = '';
  let stderr = '';
  const code = await runCli(argv, {
    stdout: {
      write: (text) => {
        stdout += text;
        onOutput?.(text);
      },
      isTTY: false,
      columns: 100,
    },
    stderr: {
      write: (text) => {
        stderr += text;
      },
      isTTY: false,
      columns: 100,
    },
    env,
    cwd,
    interrupted,
    readStdin: async () => stdin,
  });
  return { code, stdout, stderr };
}
