import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { waitFor } from './wait-for';

export const clientSecret = 'a secret of the client';

export interface OidcProvider {
  readonly issuer: string;
  stop(): Promise<void>;
}

/**
 * A real identity provider on this port. It knows alice, of the group `release-board`, vera, of `staff`, and everybody else,
 * of none; its client is `console`.
 */
export async function startOidcProvider(port: number, ...callbacks: readonly string[]): Promise<OidcProvider> {
  const provider = spawn(process.execPath, [join(__dirname, 'oidc-provider-process.mjs'), String(port), ...callbacks]);
  let said = '';
  for (const stream of [provider.stdout, provider.stderr]) {
    stream.on('data', (chunk) => {
      said += chunk;
    });
  }
  const ended = once(provider, 'exit');
  await waitFor('the identity provider', () => {
    if (provider.exitCode !== null) throw new Error(said);
    return said.includes('ready');
  });
  return {
    issuer: `http://127.0.0.1:${port}`,
    stop: async () => {
      provider.kill();
      await ended;
    },
  };
}
