import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signInLink } from '../../console/api-client';
import { runDemo } from '../../embedded/demo/demo';
import { cacheOf, homeOf } from '../../embedded/home';
import type { CommonOptions, ConfigureVerb } from '../context';
import { example } from '../example';
import { Exit, ExitCode } from '../exit-code';
import { lastDemoFile } from '../readers';
import { scaleNumber } from '../scale-number';
import { demoText } from '../view/demo';
import { type LiveView, liveView } from '../view/live';
import { whenAborted } from '../when-aborted';

interface DemoOptions extends CommonOptions {
  readonly timeScale: number;
  readonly console?: boolean;
}

/** A staging soak of 30 minutes takes 18 s. */
const defaultScale = 0.01;

export const configure: ConfigureVerb = (command, context) => {
  const { io, print, say, colours } = context;
  command
    .option('--time-scale <n>', 'every duration of the document times this', scaleNumber, defaultScale)
    .option('--console', 'leave everything at work afterwards, to look at it in the console, until Ctrl-C')
    .action(async (options: DemoOptions) => {
      const home = homeOf(io.env, options.home ?? mkdtempSync(join(tmpdir(), 'f0-demo-')));
      remember(home.root);
      const text = options.output === 'text';
      let view: LiveView | null = null;
      let shown = false;
      try {
        const report = await runDemo({
          home,
          env: io.env,
          timeScale: options.timeScale,
          say,
          signal: io.interrupted,
          onStart: ({ temporal }) => say(`The web page of Temporal, while this runs: ${temporal.uiUrl}\n`),
          onStatus: (status) => {
            if (!text) return;
            view ??= liveView(context);
            view.show(status);
          },
          onEnd: () => {
            view?.end();
            view = null;
            if (text) io.stdout.write('\n');
          },
          beforeEnd: async (done, { api }) => {
            if (io.interrupted.aborted) return;
            shown = true;
            print(options.output, done, () => demoText(done, colours));
            if (!options.console) return;
            say(`The console (signs you in, once): ${await signInLink(api)}\nCtrl-C ends everything.`);
            await whenAborted(io.interrupted);
          },
        });
        if (!shown) throw new Exit(ExitCode.interrupted);
        if (!report.ok) throw new Exit(ExitCode.failed);
      } finally {
        (view as LiveView | null)?.end();
      }
    });
  example(command, 'f0 demo', 'f0 demo --console', 'f0 demo --output json');

  /** So that `f0 audit verify` finds the demo's trail on a machine where nothing else has run. */
  function remember(root: string): void {
    const file = lastDemoFile(cacheOf(io.env));
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, root);
  }
};
