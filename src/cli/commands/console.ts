import { resolve } from 'node:path';
import { homeOf } from '../../embedded/home';
import { startStandAloneConsole } from '../../embedded/stand-alone-console';
import type { CommonOptions, ConfigureVerb } from '../context';
import { example } from '../example';
import { UsageError } from '../exit-code';
import { portNumber } from '../port-number';
import { whenAborted } from '../when-aborted';

interface ConsoleCommandOptions extends CommonOptions {
  readonly host: string;
  readonly port: number;
  readonly platform: string;
  readonly publicUrl?: string;
}

/** The console in a process of its own; `f0 up` has it already. */
export const configure: ConfigureVerb = (command, { io, say }) => {
  command
    .requiredOption('--platform <file>', 'the ProductionPlatform whose identity.oidc signs people in')
    .option('--host <address>', 'where it listens', '127.0.0.1')
    .option('--port <number>', 'where it listens', portNumber, 8080)
    .option('--public-url <url>', 'what people see in their address bar, where a proxy stands before it')
    .action(async (options: ConsoleCommandOptions) => {
      const { host, port, publicUrl = null } = options;
      if (publicUrl !== null && !/^https?:\/\/[^/]+\/?$/.test(publicUrl)) {
        throw new UsageError(`--public-url is "${publicUrl}": an address such as https://console.example was expected`);
      }
      const console_ = await startStandAloneConsole({
        home: homeOf(io.env, options.home),
        env: io.env,
        platform: resolve(io.cwd, options.platform),
        host,
        port,
        publicUrl,
      });
      say(`The console is at ${publicUrl ?? console_.url}.`);
      await whenAborted(io.interrupted);
      await console_.close();
    });
  example(command, 'f0 console --platform platform.yaml --host 0.0.0.0 --public-url https://console.example');
};
