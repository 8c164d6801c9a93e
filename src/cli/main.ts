import { text } from 'node:stream/consumers';
import type { CliIo, Sink } from './io';
import { runCli } from './run-cli';

/** A stream of the process as a sink. `f0 list | head -1` must end without a complaint once `head` has gone. */
function sinkOf(stream: NodeJS.WriteStream): Sink {
  let open = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    open = false;
  });
  return {
    write: (chunk) => {
      if (open) stream.write(chunk);
    },
    isTTY: stream.isTTY ?? false,
    get columns() {
      return stream.columns ?? 80;
    },
  };
}

const interruption = new AbortController();
let asked = 0;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interruption.abort();
    asked += 1;
    // Whoever asks a third time does not want to wait for order any more.
    if (asked >= 3) process.exit(130);
  });
}

const io: CliIo = {
  stdout: sinkOf(process.stdout),
  stderr: sinkOf(process.stderr),
  env: process.env,
  cwd: process.cwd(),
  interrupted: interruption.signal,
  readStdin: () => text(process.stdin),
};

runCli(process.argv.slice(2), io).then(
  (code) => {
    process.exitCode = code;
    // Connections of Temporal's core may linger; what was written has to leave first.
    process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
  },
  (error) => {
    process.stderr.write(`f0: ${error instanceof Error ? error.stack : error}\n`);
    process.exit(1);
  },
);
