/** Where a command writes. A pipe whose reader went away swallows the rest quietly. */
export interface Sink {
  write(text: string): void;
  readonly isTTY: boolean;
  readonly columns: number;
}

/** Everything of the outside that a command touches, so that tests run commands in their own process. */
export interface CliIo {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborted when the user presses Ctrl-C, or the process is asked to end. */
  readonly interrupted: AbortSignal;
  /** All of standard input; for `-` in place of a file. */
  readStdin(): Promise<string>;
}
