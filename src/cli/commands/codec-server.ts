import { loadEncryptionKeys, startCodecServer } from '../../codec';
import { homeOf } from '../../embedded/home';
import { runningSystem } from '../../embedded/system-state';
import type { CommonOptions, ConfigureVerb } from '../context';
import { example } from '../example';
import { UsageError } from '../exit-code';
import { portNumber } from '../port-number';
import { whenAborted } from '../when-aborted';

interface CodecServerOptions extends CommonOptions {
  readonly port: number;
  readonly host: string;
  readonly allowOrigin?: readonly string[];
}

export const configure: ConfigureVerb = (command, context) => {
  const { io, print, say } = context;
  command
    .option('--port <n>', 'where to listen; 0 takes a free one', portNumber, 8081)
    .option('--host <address>', 'another address needs a proxy in front that checks who asks', '127.0.0.1')
    .option(
      '--allow-origin <url...>',
      'web pages that may ask (default: the running system, else http://localhost:8233)',
    )
    .action(async (options: CodecServerOptions) => {
      const keys = loadEncryptionKeys(io.env);
      if (keys === null) {
        throw new UsageError(
          'payloads are not encrypted here: set F0_ENCRYPTION_KEYS or F0_ENCRYPTION_KEYS_FILE, as the workers have it',
        );
      }
      const ui = runningSystem(homeOf(io.env, options.home))?.temporal.uiUrl;
      const allowedOrigins = options.allowOrigin ?? ['http://localhost:8233', ...(ui ? [ui] : [])];
      const server = await startCodecServer({ keys, port: options.port, host: options.host, allowedOrigins });
      print(
        options.output,
        { url: server.url, allowedOrigins },
        () => `Decodes at ${server.url}; enter it in the web interface of Temporal.`,
      );
      await whenAborted(io.interrupted);
      say('Ending.');
      await server.close();
    });
  example(command, 'F0_ENCRYPTION_KEYS_FILE=keys.txt f0 codec-server --port 8081');
};
