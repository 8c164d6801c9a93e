import type { PublicKey } from '../activities/audit';
import { loadDocuments } from '../definition';
import { UsageError } from './exit-code';
import type { CliIo } from './io';
import { readSources } from './source-files';

/** The signing keys of a platform document. Throws `UsageError` when there are none to be read. */
export async function platformKeys(file: string, io: CliIo): Promise<readonly PublicKey[]> {
  const { documents, errors } = loadDocuments(await readSources([file], io));
  const [first] = errors;
  if (first) throw new UsageError(`${file}:${first.line}: ${first.message}: f0 validate tells more`);
  const keys = documents.flatMap((document) =>
    document.kind === 'ProductionPlatform' ? (document.value.spec.identity?.signing_keys ?? []) : [],
  );
  if (keys.length === 0)
    throw new UsageError(`${file} has no identity.signing_keys: name the platform document that does`);
  return keys.map((key) => ({ id: key.id, publicKey: key.public_key }));
}
