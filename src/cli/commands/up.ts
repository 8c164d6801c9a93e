import { resolve } from 'node:path';
import { signInLink } from '../../console/api-client';
import { startDetached } from '../../embedded/detach';
import { homeOf } from '../../embedded/home';
import { type RunningSystem, startSystem } from '../../embedded/system';
import type { SystemState } from '../../embedded/system-state';
import type { CommonOptions, ConfigureVerb } from '../context';
import { example } from '../example';
import { whenAborted } from '../when-aborted';

interface UpOptions extends CommonOptions {
  readonly detach?: boolean;
  readonly platform?: string;
}

export const configure: ConfigureVerb = (command, context) => {
  const { io, say, print } = context;
  command
    .option('-d, --detach', 'return when everything is at work')
    .option('--platform <file>', 'the ProductionPlatform whose identity.oidc signs people in to the console');
  command.action(async (options: UpOptions) => {
    const home = homeOf(io.env, options.home);
    const { platform } = options;
    const env = platform === undefined ? io.env : { ...io.env, F0_PLATFORM: resolve(io.cwd, platform) };
    if (options.detach) {
      const { state, started } = await startDetached(home, env);
      await show(state, started, options);
      return;
    }
    const system = await startSystem({ home, env, say, signal: io.interrupted });
    if (system.kind === 'runs-already') {
      await show(system.state, false, options);
      return;
    }
    await show(system.state, true, options);
    try {
      // Workers that end by themselves end the system: half of it would look alive and do nothing.
      await Promise.race([whenAborted(io.interrupted), system.finished]);
    } finally {
      await stopInOrder(system);
    }
  });
  example(command, 'f0 up', 'f0 up --detach');

  async function stopInOrder(system: RunningSystem): Promise<void> {
    say('Ending in order; whoever cannot wait presses Ctrl-C twice more.');
    await system.stop();
  }

  async function show(state: SystemState, started: boolean, options: UpOptions): Promise<void> {
    const { process: owner, temporal, api, cluster, since } = state;
    const value = {
      pid: owner.pid,
      since,
      started,
      home: homeOf(io.env, options.home).root,
      temporal: { address: temporal.address, namespace: temporal.namespace, uiUrl: temporal.uiUrl },
      // One that has just ended, or is of another version, has no link.
      console: { url: api.url, signIn: await signInLink(api).catch(() => null) },
      api: { url: api.url },
      cluster: { url: cluster.url },
    };
    print(options.output, value, () =>
      [
        started ? `At work (process ${owner.pid}).` : `It runs already: process ${owner.pid}, since ${since}.`,
        `  Temporal   ${temporal.address}, namespace ${temporal.namespace}`,
        `  Console    ${value.console.signIn ?? api.url}`,
        ...(value.console.signIn === null ? [] : ['             (signs you in, once; `f0 up` prints another)']),
        `  Temporal's ${temporal.uiUrl ?? 'web page is not known'}`,
        `  State      ${value.home}`,
      ].join('\n'),
    );
  }
};
