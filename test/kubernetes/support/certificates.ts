import { generate } from 'selfsigned';

/** PEM. */
export interface Certificate {
  readonly key: string;
  readonly certificate: string;
}

const dayMs = 86_400_000;

export function makeAuthority(name: string): Promise<Certificate> {
  return make(name, [{ name: 'basicConstraints', cA: true }], {});
}

/** For a server on 127.0.0.1. @param validUntil when it expires; the past makes one that has expired. */
export function makeServerCertificate(
  { key, certificate }: Certificate,
  validUntil = new Date(Date.now() + dayMs),
): Promise<Certificate> {
  const altNames = [{ type: 7, ip: '127.0.0.1' } as const];
  return make('127.0.0.1', [{ name: 'subjectAltName', altNames }], {
    ca: { key, cert: certificate },
    notBeforeDate: new Date(validUntil.getTime() - dayMs),
    notAfterDate: validUntil,
  });
}

type Options = NonNullable<Parameters<typeof generate>[1]>;

async function make(name: string, extensions: NonNullable<Options['extensions']>, more: Options): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions,
    ...more,
  });
  return { key: made.private, certificate: made.cert };
}
