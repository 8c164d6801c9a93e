import { failure } from '../../contracts/errors';
import type { AppProxy } from './proxy';
import type { AppState } from './state';

export interface OpenedAddress {
  readonly proxy: AppProxy;
  readonly port: number;
  /** Set when the address is not the one it was. */
  readonly notice: string | null;
}

/**
 * Opens the proxy of an app at its port (0: any). One that is taken is replaced by another, with a notice; where the
 * settings fix it, it is a `Conflict`.
 */
export async function openAddress(
  { host, port, portFixed }: Pick<AppState, 'host' | 'port' | 'portFixed'>,
  create: () => AppProxy,
): Promise<OpenedAddress> {
  const proxy = create();
  try {
    return { proxy, port: await proxy.listen(host, port), notice: null };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'EADDRINUSE' ? `port ${port} is taken by another process` : String(error);
    if (code !== 'EADDRINUSE' || portFixed) {
      throw failure(
        'Conflict',
        `the app's address ${host}:${port} cannot be opened: ${reason}; free it, or change settings.port of the cluster`,
        { cause: error },
      );
    }
    const other = create();
    const found = await other.listen(host, 0);
    return { proxy: other, port: found, notice: `${reason}; the app is at port ${found} now` };
  }
}
